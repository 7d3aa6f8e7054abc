// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobKillTest {
  private static final int KILLS = 6;
  private static final int MAX_SETS_BEFORE_KILL = 40;

  @TempDir Path temporary;

  /** A blob that the victim said was forced; its content follows from length and seed. */
  private record Forced(int length, long seed) {
    static Forced parse(String line) {
      String[] words = line.split(" ");
      return new Forced(Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }

    byte[] bytes() {
      return BlobFixture.bytes(length, seed);
    }
  }

  /** Saves and collects until it is killed. Run in a JVM of its own. */
  public static final class Victim {
    private Victim() {}

    /**
     * @param args store directory and seed
     */
    public static void main(String[] args) {
      BlobFixture fixture = new BlobFixture(Path.of(args[0]));
      Random random = new Random(Long.parseLong(args[1]));
      Set<BlobId> said = new HashSet<>();
      BlobStore store = fixture.open();
      store.list().forEach(ref -> said.add(ref.id()));
      for (int n = 0; n < 100_000; n++) {
        StringBuilder lines = new StringBuilder();
        try (BlobSet set = store.begin("set " + n)) {
          for (int i = 0; i < 6; i++) {
            int length = i == 0 ? BlobFixture.LARGE : BlobFixture.SMALL;
            long seed = random.nextInt(2000);
            set.put(BlobFixture.bytes(length, seed));
            lines.append("forced ").append(length).append(' ').append(seed).append(" .\n");
          }
          set.force();
          if (random.nextInt(3) == 0) {
            continue;
          }
          set.refs().forEach(ref -> said.add(ref.id()));
          System.out.print(lines);
          System.out.flush();
          set.release();
        }
        if (n % 5 == 4) {
          fixture.advance(Duration.ofHours(1));
          store.gc(() -> said::contains, Duration.ZERO);
        }
      }
    }
  }

  @Test
  void afterKillMinus9EveryBlobSaidToBeForcedIsReadableAndNoDebrisIsLeft() throws Exception {
    System.out.println("seed " + BlobFixture.SEED + " (-Dringfold.seed=N)");
    Path directory = Files.createDirectory(temporary.resolve("store"));
    Set<Forced> all = new LinkedHashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Random random = new Random(BlobFixture.SEED + kill);
      all.addAll(runAndKill(directory, random));

      BlobFixture fixture = new BlobFixture(directory);
      try (BlobStore store = fixture.open()) {
        assertThat(BlobFiles.entries(fixture.files().temporary)).isEmpty();
        assertThat(BlobFiles.entries(fixture.files().sets)).isEmpty();
        store.verifyAll(
            damage -> {
              throw damage;
            });
        for (Forced forced : all) {
          byte[] bytes = forced.bytes();
          BlobRef ref = new BlobRef(BlobFixture.hash(bytes), bytes.length);
          assertThat(store.readAll(ref, bytes.length)).as("kill %s", kill).isEqualTo(bytes);
        }
      }
    }
    assertThat(all).hasSizeGreaterThan(KILLS * 6);
  }

  private static Set<Forced> runAndKill(Path directory, Random random)
      throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Victim.class.getName(),
                    directory.toString(),
                    Long.toString(random.nextLong())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Set<Forced> said = new LinkedHashSet<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.US_ASCII))) {
      int lines = 6 * (1 + random.nextInt(MAX_SETS_BEFORE_KILL)) + random.nextInt(6);
      for (int i = 0; i < lines; i++) {
        String line = out.readLine();
        assertThat(line).as("the victim lives until it is killed").isNotNull();
        said.add(Forced.parse(line));
      }
      // Through the handle, because Process.destroyForcibly also closes the pipe.
      victim.toHandle().destroyForcibly();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.endsWith(" .")) {
          said.add(Forced.parse(line));
        }
      }
    } finally {
      victim.destroyForcibly();
    }
    assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
