// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random orders, refusals and restarts: whatever people do to a live projection, a rebuild from the
 * journal makes the same output, and every event is in it at most once.
 */
final class RandomOrdersTest {
  private static final int ACTIONS = 60;
  private static final String TEXT = TextProjection.NAME;

  @TempDir Path directory;

  private final Set<Long> refused = ConcurrentHashMap.newKeySet();
  private final List<String> done = new ArrayList<>();
  private SplittableRandom random;
  private FailurePolicy policy;
  private EventLog log;
  private ProjectionRuntime runtime;
  private long step;

  private Path store() {
    return directory.resolve("store");
  }

  private void open() {
    if (log == null) {
      log = Logs.builder(store()).build();
    }
    Picky picky =
        new Picky() {
          @Override
          boolean isRefused(long candidate) {
            return refused.contains(candidate);
          }
        };
    runtime = ProjectionRuntime.builder(log).add(picky, policy).start();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aRebuildMakesWhatTheLiveProjectionMade(long offset) throws IOException {
    long seed = Long.getLong("ringfold.seed", 7L) * 1_000 + offset;
    random = new SplittableRandom(seed);
    Duration backoff = Duration.ofNanos(1);
    policy =
        offset % 2 == 0
            ? new FailurePolicy.RetryThenDeadLetter(0, backoff)
            : new FailurePolicy.RetryThenStop(0, backoff);
    open();
    try {
      for (int i = 0; i < ACTIONS; i++) {
        act(random.nextInt(12));
      }
      comeToTheEnd();
    } finally {
      runtime.close();
      log.close();
    }
    Path outputs = store().resolve("outputs");
    Path again = directory.resolve("again");
    // It refuses nothing: only facts say what is left out.
    Outputs.rebuild(store(), again, new TextProjection());
    assertThat(Outputs.parts(again))
        .as("seed %s: %s", seed, done)
        .isEqualTo(Outputs.parts(outputs))
        .isNotEmpty();
    assertThat(Outputs.steps(again)).as("seed %s: %s", seed, done).doesNotHaveDuplicates();
  }

  private void act(int action) {
    switch (action) {
      case 0, 1, 2, 3 -> publish();
      case 4 -> restart();
      case 5 -> note("reset", () -> runtime.reset(TEXT));
      case 6 -> note("pause", () -> runtime.pause(TEXT));
      case 7 -> note("resume", () -> runtime.resume(TEXT));
      case 8 -> skip();
      default -> decide();
    }
  }

  private void publish() {
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(6) == 0) {
        refused.add(step + i);
      }
    }
    note("publish " + count, () -> Logs.append(log, step, count));
    step += count;
  }

  private void restart() {
    boolean whole = random.nextBoolean();
    note(
        "restart " + whole,
        () -> {
          runtime.close();
          if (whole) {
            log.close();
            log = null;
          }
          open();
        });
  }

  /** Skips what it stopped at, or anything. */
  private void skip() {
    String failure = runtime.status(TEXT).failure();
    long sequence =
        failure.contains("skip sequence ")
            ? Long.parseLong(failure.replaceAll("(?s).*skip sequence ", ""))
            : random.nextLong(log.lastSequence() + 3);
    note("skip " + sequence, () -> runtime.skip(TEXT, sequence, "at random"));
    note("resume", () -> runtime.resume(TEXT));
  }

  private void decide() {
    for (DeadLetters.DeadLetter letter : DeadLetters.list(log)) {
      if (letter.state() == DeadLetters.State.OPEN && random.nextBoolean()) {
        if (random.nextBoolean()) {
          refused.clear();
        }
        boolean retry = random.nextInt(3) > 0;
        note(
            (retry ? "retry " : "drop ") + letter.sequence(),
            () -> {
              if (retry) {
                runtime.retry(TEXT, letter.sequence());
              } else {
                runtime.drop(TEXT, letter.sequence());
              }
            });
      }
    }
  }

  private void note(String what, Runnable action) {
    try {
      action.run();
      done.add(what);
    } catch (ProjectionFailedException e) {
      done.add(what + " refused"); // An order that makes no sense now.
    }
  }

  /** Goes on until everything is consumed, skipping what it stops at. */
  private void comeToTheEnd() {
    runtime.resume(TEXT);
    Logs.await(
        "the end of " + done,
        () -> {
          ProjectionStatus status = runtime.status(TEXT);
          if (status.state() == ProjectionState.FAILED) {
            skip();
            return false;
          }
          return status.appliedSequence() >= log.lastSequence();
        });
  }
}
