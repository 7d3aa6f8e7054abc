// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.List;

/** What a child JVM is started for. Two of one kind are interchangeable. */
interface ChildKind {
  /** Name in the table, on the command line of the child and in its directory's name. */
  String label();

  /** Its main class; it gets the label and a directory as arguments and serves calls. */
  Class<?> main();

  /** Flags of its JVM, besides the class path. */
  List<String> flags();
}
