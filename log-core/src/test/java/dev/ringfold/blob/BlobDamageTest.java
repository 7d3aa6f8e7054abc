// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobDamageTest {
  private static final int SEEDS = 200;

  @TempDir Path directory;
  private BlobFixture fixture;
  private final Map<BlobRef, byte[]> blobs = new LinkedHashMap<>();

  @BeforeEach
  void filledStore() {
    fixture = new BlobFixture(directory);
    fixture.limits = BlobLimits.defaults().withDiskReserveBytes(0);
    try (BlobStore store = fixture.open()) {
      for (int set = 0; set < 2; set++) {
        byte[][] contents = new byte[6][];
        for (int i = 0; i < contents.length; i++) {
          int length = i == 0 ? 70_000 : 37 * i;
          contents[i] = BlobFixture.bytes(length, 100L * set + i);
        }
        List<BlobRef> refs = BlobFixture.save(store, contents);
        for (int i = 0; i < contents.length; i++) {
          blobs.put(refs.get(i), contents[i]);
        }
      }
    }
  }

  private interface Damage {
    byte[] of(byte[] good, Random random);
  }

  @Test
  void everyBitFlipIsFoundByVerifyAndNoReadReturnsWrongBytes() throws IOException {
    everyDamageIsFound(
        (good, random) -> {
          byte[] bad = good.clone();
          bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
          return bad;
        });
  }

  @Test
  void everyTruncationIsFoundByVerifyAndNoReadReturnsWrongBytes() throws IOException {
    everyDamageIsFound((good, random) -> Arrays.copyOf(good, random.nextInt(good.length)));
  }

  @Test
  void everyExtensionIsFoundByVerifyAndNoReadReturnsWrongBytes() throws IOException {
    everyDamageIsFound(
        (good, random) -> Arrays.copyOf(good, good.length + 1 + random.nextInt(100)));
  }

  private void everyDamageIsFound(Damage damage) throws IOException {
    List<Path> files = fixture.allFiles();
    assertThat(files).hasSize(4);
    for (long seed = BlobFixture.SEED; seed < BlobFixture.SEED + SEEDS; seed++) {
      Random random = new Random(seed);
      Path file = files.get(random.nextInt(files.size()));
      byte[] good = Files.readAllBytes(file);
      overwrite(file, damage.of(good, random));

      checkDamaged(file, "-Dringfold.seed=" + seed);

      overwrite(file, good);
    }
    try (BlobStore store = fixture.open()) {
      store.verifyAll(
          bad -> {
            throw bad;
          });
    }
  }

  private void checkDamaged(Path file, String repeat) throws IOException {
    try (BlobStore store = fixture.open()) {
      List<CorruptBlobException> found = new ArrayList<>();
      store.verifyAll(found::add);
      assertThat(found).as(repeat).hasSize(1);
      assertThat(found.get(0).file()).as(repeat).isEqualTo(file);
      assertThat(found.get(0)).hasMessageContaining(found.get(0).expected());

      int failed = 0;
      for (Map.Entry<BlobRef, byte[]> blob : blobs.entrySet()) {
        try {
          assertThat(store.readAll(blob.getKey(), 70_000)).as(repeat).isEqualTo(blob.getValue());
        } catch (CorruptBlobException | BlobNotFoundException typed) {
          failed++;
          assertThat(typed).as(repeat).hasMessageContaining("backup");
        }
      }
      boolean single = BlobFiles.singleId(file) != null;
      assertThat(failed).as(repeat).isBetween(single ? 1 : 0, single ? 1 : 5);
    }
  }

  private static void overwrite(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }

  @Test
  void aDamagedBlobsMessageSaysFileExpectedAndFoundHashAndRemedy() throws IOException {
    BlobRef ref = blobs.keySet().iterator().next();
    byte[] bad = blobs.get(ref).clone();
    bad[5] ^= 1;
    Path file = fixture.files().single(ref.id());
    overwrite(file, bad);
    try (BlobStore store = fixture.open();
        BlobReader reader = store.open(ref)) {
      assertThatThrownBy(reader::verify)
          .isInstanceOfSatisfying(
              CorruptBlobException.class,
              e -> {
                assertThat(e.file()).isEqualTo(file);
                assertThat(e.expected()).isEqualTo(ref.id().hex());
                assertThat(e.found()).isEqualTo(BlobFixture.hash(bad).hex());
              })
          .hasMessageContaining(file.toString())
          .hasMessageContaining(ref.id().hex())
          .hasMessageContaining(BlobFixture.hash(bad).hex())
          .hasMessageContaining("Restore");
    }
  }

  @Test
  void aTruncatedBlobIsFoundAtOpenAndHealedByTheNextPutOfItsContent() throws IOException {
    BlobRef ref = blobs.keySet().iterator().next();
    overwrite(fixture.files().single(ref.id()), Arrays.copyOf(blobs.get(ref), 69_999));
    try (BlobStore store = fixture.open()) {
      assertThatThrownBy(() -> store.open(ref))
          .isInstanceOf(CorruptBlobException.class)
          .hasMessageContaining("expected 70000 bytes but found 69999 bytes");

      BlobFixture.save(store, blobs.get(ref));

      assertThat(store.readAll(ref, 70_000)).isEqualTo(blobs.get(ref));
    }
  }

  @Test
  void aPackWithADamagedIndexIsKeptAndItsContentCanBePutAgain() throws IOException {
    Path pack = BlobFiles.entries(fixture.files().packs).get(0);
    byte[] bad = Files.readAllBytes(pack);
    bad[bad.length - PackFormat.FOOTER_LENGTH - 1] ^= 1;
    overwrite(pack, bad);
    try (BlobStore store = fixture.open()) {
      assertThat(store.stats().damagedPacks()).isEqualTo(1);
      List<BlobRef> lost = blobs.keySet().stream().filter(b -> !store.contains(b.id())).toList();
      assertThat(lost).hasSize(5);
      assertThatThrownBy(() -> store.open(lost.get(0)))
          .isInstanceOf(BlobNotFoundException.class)
          .hasMessageContaining("1 damaged pack(s)");
      fixture.advance(BlobStore.DEFAULT_MIN_AGE);
      GcReport report = store.gc(() -> id -> false, BlobStore.DEFAULT_MIN_AGE);

      assertThat(report.keptDamaged()).isEqualTo(1);
      assertThat(pack).isRegularFile();
      for (BlobRef ref : lost) {
        BlobFixture.save(store, blobs.get(ref));
        assertThat(store.readAll(ref, 70_000)).isEqualTo(blobs.get(ref));
      }
    }
  }

  @Test
  void aDamagedEntryStopsItsPackFromBeingRepackedButNotTheOthers() throws IOException {
    Path pack = BlobFiles.entries(fixture.files().packs).get(0);
    PackFormat.Entry entry = PackTable.readIndex(pack).get(0);
    byte[] bad = Files.readAllBytes(pack);
    bad[(int) entry.offset()] ^= 1;
    overwrite(pack, bad);
    try (BlobStore store = fixture.open()) {
      List<BlobId> live = new ArrayList<>(List.of(entry.id()));
      for (Path other : BlobFiles.entries(fixture.files().packs)) {
        PackTable.readIndex(other).stream()
            .filter(e -> e.length() < 80)
            .forEach(e -> live.add(e.id()));
      }
      fixture.clockNanos.set(Long.MAX_VALUE / 2);

      GcReport report = store.gc(() -> live::contains, BlobStore.DEFAULT_MIN_AGE);

      assertThat(report.keptDamaged()).isEqualTo(1);
      assertThat(report.repacked()).isEqualTo(1);
      assertThat(pack).isRegularFile();
      assertThatThrownBy(() -> store.readAll(new BlobRef(entry.id(), entry.length()), 70_000))
          .isInstanceOf(RingfoldException.class)
          .hasMessageContaining(pack.toString());
    }
  }
}
