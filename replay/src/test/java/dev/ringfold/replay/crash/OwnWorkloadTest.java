// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AppendOptions;
import dev.ringfold.event.EventType;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own workload is what is published until the process dies or the power goes. */
class OwnWorkloadTest {
  private static final String STREAM = "mine";

  @TempDir Path directory;

  /** Single events on one stream; none may be missing before another. */
  public static class Mine implements Workload {
    @Override
    public List<EventType<?>> types() {
      return List.of(CrashEvent.TYPE);
    }

    @Override
    public void publish(Publisher publisher, long n) {
      publisher.append(
          STREAM, CrashEvent.of(publisher.seed(), n, Kind.SINGLE, 0, 1), AppendOptions.NONE);
    }

    @Override
    public Check check(long seed) {
      long[] next = new long[1];
      return (view, event) -> {
        if (!(event instanceof CrashEvent crash) || crash.n() < next[0]) {
          return null; // The verifier's own, or a few that came again after a death.
        }
        return crash.n() == next[0]++ ? null : "item " + crash.n() + " came too early";
      };
    }
  }

  /** Finds fault with every store: so the check that was used is this one's. */
  public static final class Never extends Mine {
    @Override
    public Check check(long seed) {
      return (view, event) -> event instanceof CrashEvent ? "never good" : null;
    }
  }

  private CrashTest.Row run(FaultKind kind, Class<?> workload, List<String> failures) {
    return new CrashTest(Places.fast(directory), workload.getName(), failures::add).run(kind, 1, 1);
  }

  @Test
  void lossesOfPowerTakeIt() {
    List<String> failures = new ArrayList<>();

    CrashTest.Row row = run(FaultKind.POWER, Mine.class, failures);

    assertThat(failures).isEmpty();
    assertThat(row.acknowledged()).isPositive();
    run(FaultKind.POWER, Never.class, failures);
    assertThat(failures).hasSize(1).first().asString().contains("never good", "--workload");
  }

  @Test
  void killsTakeIt() {
    List<String> failures = new ArrayList<>();

    run(FaultKind.KILL, Never.class, failures);

    assertThat(failures)
        .hasSize(1)
        .first()
        .asString()
        .contains("never good", Never.class.getName());
  }

  @Test
  void deathsAtFaultPointsTakeItAlthoughItDoesNotComeToEachOfThem() {
    List<String> failures = new ArrayList<>();
    List<String> points = List.of("journal.frame.afterWrite", "blob.renamed");
    CrashTest harness = new CrashTest(Places.fast(directory), Mine.class.getName(), failures::add);

    CrashTest.Row row = harness.run(FaultKind.POINT, new FaultPointFault(points), 1, 1);

    assertThat(failures).isEmpty();
    assertThat(row.acknowledged()).isPositive();
  }
}
