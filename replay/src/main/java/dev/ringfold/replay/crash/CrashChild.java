// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.event.EventTypes;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The process that is killed: opens a store, publishes a workload, and writes every acknowledgement
 * to the oracle.
 */
public final class CrashChild {
  /** Exit code after a failure that was not the fault that was asked for. */
  public static final int EXIT_FAILED = 4;

  private CrashChild() {}

  /**
   * Runs until it is killed, or until the given number of items is published and the log closed.
   *
   * @param arguments store, oracle, seed, workload class, ack level, first item, number of items
   *     (-1 for no end)
   */
  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (Throwable e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
  }

  private static void run(String[] arguments) throws ReflectiveOperationException {
    long seed = Long.parseLong(arguments[2]);
    Workload workload = workload(arguments[3]);
    AckLevel level = AckLevel.valueOf(arguments[4].toUpperCase(Locale.ROOT));
    long first = Long.parseLong(arguments[5]);
    long count = Long.parseLong(arguments[6]);
    EventTypes types = CrashStore.types(workload);
    try (Oracle oracle = new Oracle(Path.of(arguments[1]));
        EventLog log = CrashStore.builder(Path.of(arguments[0]), seed, workload).build();
        Producer producer = log.producer("crash")) {
      oracle.opened();
      Publisher publisher = new Publisher(log, types, producer, level, oracle, seed);
      for (long n = first; count < 0 || n < first + count; n++) {
        publisher.item(n);
        workload.publish(publisher, n);
      }
      publisher.settle();
    }
  }

  /** The class that is published unless another one is named. */
  static String workloadName(@Nullable String own) {
    return own == null ? MixedWorkload.class.getName() : own;
  }

  /** Makes the workload of this class name. */
  static Workload workload(String className) throws ReflectiveOperationException {
    return Class.forName(className)
        .asSubclass(Workload.class)
        .getDeclaredConstructor()
        .newInstance();
  }
}
