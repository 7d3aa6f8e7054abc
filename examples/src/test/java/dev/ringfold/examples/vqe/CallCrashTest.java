// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.call.CallHistory;
import dev.ringfold.call.CallState;
import dev.ringfold.call.ProviderKind;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.event.CallIntended;
import dev.ringfold.event.CallLeftOpen;
import dev.ringfold.event.CallSettled;
import dev.ringfold.event.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are killed before, while and after a provider in another process takes their jobs,
 * and a provider that dies itself and loses requests and replies. The bill is the provider's.
 */
class CallCrashTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_261_121L);
  private static final int KILLS = 30;

  /** Of the soak in all, and of each of its stores, after which everything is checked. */
  private static final int SOAK_KILLS = Integer.getInteger("ringfold.kills", 1_000);

  private static final int KILLS_OF_A_STORE = 250;
  private static final int KILLED = 128 + 9;
  private static final long TIMEOUT_SECONDS = 120;

  private static final Mishap[] FATAL = {
    Mishap.KILL_BEFORE, Mishap.KILL_LATE, Mishap.KILL_DURING, Mishap.KILL_AFTER
  };
  private static final Mishap[] HARMLESS = {
    Mishap.BUSY, Mishap.LOSE_REQUEST, Mishap.LOSE_REPLY, Mishap.SLOW, Mishap.LATE
  };

  @TempDir Path directory;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Mishap, Integer> happened = new EnumMap<>(Mishap.class);
  private Path place;

  @Test
  void noCallIsPaidTwiceInSilenceWhoeverDies() throws Exception {
    run("store", KILLS);
  }

  @Test
  @Tag("soak")
  void aThousandKills() throws Exception {
    for (int done = 0; done < SOAK_KILLS; done += KILLS_OF_A_STORE) {
      run("store-" + done, Math.min(KILLS_OF_A_STORE, SOAK_KILLS - done));
    }
  }

  private void run(String name, int kills) throws Exception {
    place = Files.createDirectory(directory.resolve(name));
    System.out.println("CallCrashTest repeats with -Dringfold.seed=" + SEED);
    ProviderKind[] kinds = ProviderKind.values();
    try (SimulatorProcess simulator =
        SimulatorProcess.start(place.resolve("provider"), "echo", SEED, 0)) {
      for (int round = 0; round < kills; round++) {
        ProviderKind kind = kinds[round % kinds.length];
        if (random.nextInt(3) == 0) {
          order(simulator, HARMLESS[random.nextInt(HARMLESS.length)], random.nextInt(2));
        }
        order(simulator, FATAL[random.nextInt(FATAL.length)], random.nextInt(3));
        assertThat(client(kind, Integer.MAX_VALUE)).as("round %d", round).isEqualTo(KILLED);
      }
      for (ProviderKind kind : kinds) {
        for (Mishap mishap : HARMLESS) {
          order(simulator, mishap, 0);
        }
        // What is still ordered dies with it.
        order(simulator, Mishap.DIE_BEFORE, 0);
        assertThat(client(kind, HARMLESS.length + 2)).as("%s", kind).isZero();
        order(simulator, Mishap.DIE_AFTER, 0);
        assertThat(client(kind, 2)).as("%s", kind).isZero();
      }
      assertThat(simulator.starts()).isEqualTo(2 * kinds.length);
    }
    check(kills);
  }

  private void order(SimulatorProcess simulator, Mishap mishap, int skip) throws IOException {
    simulator.client().order(mishap, skip);
    happened.merge(mishap, 1, Integer::sum);
  }

  private int client(ProviderKind kind, int newCalls) throws IOException, InterruptedException {
    Path output = place.resolve("client.txt");
    Process process =
        new ProcessBuilder(
                Jvm.withLog(
                    PayingClient.class,
                    place.resolve("store"),
                    place.resolve("provider"),
                    kind,
                    newCalls))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the client did not end: " + Files.readString(output));
    }
    if (process.exitValue() != KILLED && process.exitValue() != 0) {
      throw new AssertionError("the client failed: " + Files.readString(output));
    }
    return process.exitValue();
  }

  private void check(int kills) throws IOException {
    Map<String, Integer> jobs = new TreeMap<>();
    double bill;
    try (JobTable table = JobTable.open(place.resolve("provider"))) {
      table.jobs().forEach(job -> jobs.merge(job.body(), 1, Integer::sum));
      bill = table.billMicros() / 1e6;
    }
    try (EventLogReader reader = EventLog.openReadOnly(place.resolve("store"))) {
      CallHistory history = CallHistory.read(reader);
      List<String> completed =
          history.calls().stream()
              .filter(call -> call.state() == CallState.COMPLETED)
              .map(call -> PayingClient.body(call.stream().name(), call.key()))
              .sorted()
              .toList();

      assertThat(jobs).as("jobs of each call").allSatisfy((body, n) -> assertThat(n).isEqualTo(1));
      assertThat(jobs.keySet()).containsExactlyElementsOf(completed);
      assertThat(history.unsettled()).isEmpty();
      assertThat(history.spent()).isCloseTo(bill, Offset.offset(1e-6)).isEqualTo(jobs.size());
      assertThat(history.calls())
          .filteredOn(call -> call.kind() != ProviderKind.PLAIN)
          .allSatisfy(call -> assertThat(call.attempt()).isEqualTo(1));
      long announced = requireNoSilence(reader);
      System.out.printf(
          "%d kills, %d jobs on the bill for %d calls, 0 made twice; %d outcomes of plain calls"
              + " said to be unknown; %s%n",
          kills, jobs.size(), completed.size(), announced, happened);
      assertThat(announced).isPositive();
    }
  }

  /** Between two attempts at a call the log says why the first one may be repeated. */
  private static long requireNoSilence(EventLogReader reader) {
    Map<String, Long> open = new HashMap<>();
    Map<Long, String> accounted = new HashMap<>();
    long[] announced = {0};
    try (Tailer tailer =
        reader
            .tailer()
            .types(
                BuiltinTypes.CALL_INTENDED.id(),
                BuiltinTypes.CALL_COMPLETED.id(),
                BuiltinTypes.CALL_LEFT_OPEN.id(),
                BuiltinTypes.CALL_SETTLED.id())
            .open()) {
      tailer.poll(
          view -> {
            Event event = tailer.decode(view);
            if (event instanceof CallIntended intended) {
              String body = new String(intended.request(), StandardCharsets.UTF_8);
              Long before = open.put(body, view.sequence());
              assertThat(before == null || accounted.containsKey(before)).as(body).isTrue();
            } else if (event instanceof CallLeftOpen left) {
              announced[0]++;
              accounted.put(left.intent(), left.reason());
            } else if (event instanceof CallSettled settled) {
              boolean said = accounted.containsKey(settled.intent());
              assertThat(said || settled.note().startsWith("It was not sent")).isTrue();
              accounted.put(settled.intent(), settled.note());
            } else if (event instanceof CallCompleted ended) {
              assertThat(accounted.put(ended.intent(), "done")).isNotEqualTo("done");
            }
          },
          Integer.MAX_VALUE);
    }
    return announced[0];
  }
}
