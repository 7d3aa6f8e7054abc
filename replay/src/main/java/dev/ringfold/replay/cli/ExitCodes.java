// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

/** The exit codes of every command; scripts rely on them, so they never change their meaning. */
public final class ExitCodes {
  /** Done. */
  public static final int OK = 0;

  /**
   * The environment is not fit: JVM flags, permissions, a network file system, a full disk, a store
   * that another process has open.
   */
  public static final int ENVIRONMENT = 1;

  /** Wrong arguments or a wrong configuration. */
  public static final int USAGE = 2;

  /** There is no store at the path. */
  public static final int NO_STORE = 3;

  /** Something that was promised is damaged or missing. */
  public static final int DAMAGED = 4;

  /** Failed for another reason, which the message says. */
  public static final int FAILED = 5;

  /** Interrupted by Ctrl-C, cleanly; what a shell expects of it. */
  public static final int INTERRUPTED = 130;

  /** For the help of a command, in picocli's form. */
  static final String OK_TEXT = "0:done";

  static final String ENVIRONMENT_TEXT =
      "1:the environment is not fit: JVM flags, permission, lock, full disk, file system";
  static final String USAGE_TEXT = "2:wrong arguments or configuration";
  static final String NO_STORE_TEXT = "3:no store there";
  static final String DAMAGED_TEXT = "4:damage found";
  static final String FAILED_TEXT = "5:failed for another reason";

  private ExitCodes() {}
}
