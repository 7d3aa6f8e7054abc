// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.jmh;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of this package with JMH, in forks of this JVM. */
public final class Parts {
  private static final int QUICK_MILLIS = 200;

  private Parts() {}

  /**
   * The result of one benchmark.
   *
   * @param name of its method
   * @param nanos average nanoseconds per event of each iteration
   */
  public record Part(String name, List<Double> nanos) {
    /** Copies the list. */
    public Part {
      nanos = List.copyOf(nanos);
    }
  }

  /**
   * Runs every benchmark.
   *
   * @param quick one short iteration: not a measurement
   * @param forks JVMs per benchmark, each with five iterations
   * @param jvmFlags flags of the forks
   * @param log file for JMH's own output
   * @throws RunnerException when JMH could not run
   */
  public static List<Part> run(boolean quick, int forks, List<String> jvmFlags, String log)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Parts.class.getPackageName() + "\\..*")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(forks)
            .shouldFailOnError(true)
            .jvmArgs(jvmFlags.toArray(String[]::new))
            .output(log);
    TimeValue time = quick ? TimeValue.milliseconds(QUICK_MILLIS) : TimeValue.seconds(1);
    Options built =
        options
            .warmupIterations(quick ? 1 : 5)
            .warmupTime(time)
            .measurementIterations(quick ? 1 : 5)
            .measurementTime(time)
            .build();
    Collection<RunResult> results = new Runner(built).run();
    return results.stream().map(Parts::part).toList();
  }

  private static Part part(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    List<Double> nanos =
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .toList();
    return new Part(benchmark.substring(benchmark.lastIndexOf('.') + 1), nanos);
  }
}
