// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreTooNewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyFileTest {
  private static final byte[] STORE_ID =
      HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  @TempDir Path directory;
  private Path file;
  private Path tmp;

  @BeforeEach
  void createTmp() throws IOException {
    file = directory.resolve("keys");
    tmp = Files.createDirectory(directory.resolve("_tmp"));
  }

  @Test
  void everyKeyIsFoundAndNoOther() {
    SplittableRandom random = TestSeed.random("KeyFileTest");
    List<KeyEntry> entries = randomKeys(random, 10_000);
    write(entries);

    try (KeyFile keys = KeyFile.open(file)) {
      for (KeyEntry entry : entries) {
        assertThat(keys.find(entry.hi(), entry.lo())).isEqualTo(entry);
        assertThat(keys.find(entry.hi(), entry.lo() + 1)).isNull();
        assertThat(keys.find(entry.hi(), entry.lo(), 1)).isNull();
      }
    }
  }

  @Test
  void headerTellsWhatWasWritten() throws IOException {
    write(randomKeys(TestSeed.random("KeyFileTest"), 100));

    try (KeyFile keys = KeyFile.open(file)) {
      assertThat(keys.content()).isEqualTo(KeyFile.Content.KEYS);
      assertThat(keys.segment()).isEqualTo(7);
      assertThat(keys.storeIdHex()).isEqualTo("00112233445566778899aabbccddeeff");
      assertThat(keys.firstSequence()).isEqualTo(1_000);
      assertThat(keys.endSequence()).isEqualTo(1_100);
      assertThat(keys.count()).isEqualTo(100);
      assertThat(keys.path()).isEqualTo(file);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void layoutIsTheDocumentedOne() throws IOException {
    KeyEntries entries = new KeyEntries();
    entries.addKey(0x0102030405060708L, -1, 5, 1_000, 3, 9);
    write(entries, 1_001);

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(bytes.capacity()).isEqualTo(64 + 64 + 4096);
    assertThat(new String(bytes.array(), 0, 4, StandardCharsets.US_ASCII)).isEqualTo("RFKY");
    assertThat(bytes.getInt(4)).isEqualTo(1);
    assertThat(bytes.getInt(8)).isEqualTo(1);
    assertThat(bytes.getInt(12)).isEqualTo(1);
    assertThat(bytes.getLong(32)).isEqualTo(7);
    assertThat(bytes.getLong(40)).isEqualTo(1_000);
    assertThat(bytes.getLong(48)).isEqualTo(1_001);
    assertThat(bytes.getInt(56)).isEqualTo(1);
    assertThat(bytes.getLong(128)).isEqualTo(0x0102030405060708L);
    assertThat(bytes.getLong(136)).isEqualTo(-1);
    assertThat(bytes.getLong(144)).isEqualTo(5);
    assertThat(bytes.getLong(152)).isEqualTo(1_000);
    assertThat(bytes.getLong(160)).isEqualTo(9);
    assertThat(bytes.getInt(168)).isEqualTo(3);
    assertThat(bytes.getInt(172)).isZero();
  }

  /** Pins the whole format, filter bits and CRCs included: a change needs a new version. */
  @Test
  void fileOfVersionOneHasTheseBytes() throws Exception {
    KeyEntries entries = new KeyEntries();
    for (int i = 0; i < 300; i++) {
      entries.addKey(i * 0x9E3779B97F4A7C15L, -i, i * 7L, 1_000 + i, i, 1_000_000L * i);
    }
    write(entries, 1_300);

    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));

    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("ee6129ac624eb6f583506a2abee277cf2dc6210452f792158f53633d0182be06");
  }

  @Test
  void clusteredKeysAreFoundAsWell() {
    KeyEntries entries = new KeyEntries();
    int count = 85 * 200;
    for (int i = 0; i < count; i++) {
      // Nearly all keys in a sliver of the space, a few at its ends.
      long hi = i < 10 ? i : i > count - 10 ? -i : 0x4000_0000_0000_0000L + i / 3;
      entries.addKey(hi, i, 0, 1_000 + i, 1, 0);
    }
    write(entries, 1_000 + count);

    try (KeyFile keys = KeyFile.open(file)) {
      for (int i = 0; i < count; i++) {
        long hi = i < 10 ? i : i > count - 10 ? -i : 0x4000_0000_0000_0000L + i / 3;
        assertThat(keys.search(hi, i, 0)).isNotNull();
        assertThat(keys.search(hi, -i - 1, 0)).isNull();
      }
    }
  }

  @Test
  void filterLetsAboutOneAbsentKeyInAThousandThrough() {
    SplittableRandom random = TestSeed.random("KeyFileTest");
    write(randomKeys(random, 50_000));
    int passed = 0;
    try (KeyFile keys = KeyFile.open(file)) {
      keys.loadFilter();
      for (int i = 0; i < 100_000; i++) {
        passed += keys.mayHold(random.nextLong(), random.nextLong(), 0) ? 1 : 0;
      }
    }
    assertThat(passed).isBetween(10, 250);
  }

  @Test
  void emptySegmentHasAFileThatHoldsNothing() {
    write(List.of());

    try (KeyFile keys = KeyFile.open(file)) {
      keys.loadFilter();
      keys.verify();
      assertThat(keys.find(1, 1)).isNull();
      assertThat(keys.readAll().count()).isZero();
    }
  }

  @Test
  void keysThatShareTheirUpperHalfAreSortedByTheRest() {
    List<KeyEntry> entries = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      entries.add(new KeyEntry(i % 3 - 1, (long) i * -77_777, 0, i, 1_000 + i, 1, i));
    }
    write(entries);

    try (KeyFile keys = KeyFile.open(file)) {
      keys.verify();
      for (KeyEntry entry : entries) {
        assertThat(keys.find(entry.hi(), entry.lo())).isEqualTo(entry);
      }
    }
  }

  @Test
  void firstOfRepeatedKeysAndLastOfRepeatedPairsIsKept() {
    KeyEntries keys = new KeyEntries();
    KeyEntries pairs = new KeyEntries();
    for (int sequence : new int[] {1_005, 1_001, 1_003}) {
      keys.addKey(1, 1, 0, sequence, 1, 0);
      pairs.addPair(4, 1, 1, sequence);
      pairs.addPair(5, 1, 1, sequence - 1);
    }
    Path pairFile = directory.resolve("pairs");
    write(keys, 1_010);
    KeyFile.write(pairFile, tmp, KeyFile.Content.CONDITIONS, STORE_ID, 7, 1_000, 1_010, pairs);

    try (KeyFile keyFile = KeyFile.open(file);
        KeyFile conditions = KeyFile.open(pairFile)) {
      assertThat(keyFile.count()).isEqualTo(1);
      assertThat(keyFile.find(1, 1)).extracting(KeyEntry::sequence).isEqualTo(1_001L);
      assertThat(conditions.count()).isEqualTo(2);
      assertThat(conditions.find(1, 1, 4)).extracting(KeyEntry::sequence).isEqualTo(1_005L);
      assertThat(conditions.find(1, 1, 5)).extracting(KeyEntry::sequence).isEqualTo(1_004L);
    }
  }

  @Test
  void savedWindowAndIndexComeBackThroughFiles() {
    KeyWindow window = new KeyWindow(100);
    ConditionIndex index = new ConditionIndex(100);
    for (int i = 0; i < 50; i++) {
      window.add(i * 0x9E3779B97F4A7C15L, i, i, 1_000 + i, i, i);
      index.add(i % 5, i % 7, 1, 1_000 + i);
    }
    KeyEntries keys = new KeyEntries();
    window.forEachFrom(0, keys::addKey);
    KeyEntries pairs = new KeyEntries();
    index.forEachFrom(0, pairs::addPair);
    write(keys, 1_050);
    Path pairFile = directory.resolve("pairs");
    KeyFile.write(pairFile, tmp, KeyFile.Content.CONDITIONS, STORE_ID, 7, 1_000, 1_050, pairs);

    KeyWindow windowAgain = new KeyWindow(100);
    ConditionIndex indexAgain = new ConditionIndex(100);
    try (KeyFile keyFile = KeyFile.open(file);
        KeyFile conditions = KeyFile.open(pairFile)) {
      keyFile.readAll().forEachKey(windowAgain::add);
      conditions.readAll().forEachPair(indexAgain::add);
    }

    assertThat(contentOf(windowAgain)).isEqualTo(contentOf(window)).hasSize(50);
    assertThat(contentOf(indexAgain)).isEqualTo(contentOf(index)).hasSize(35);
  }

  @Test
  void sequenceOutsideTheSegmentIsRefusedAndLeavesNothingBehind() {
    KeyEntries entries = new KeyEntries();
    entries.addKey(1, 1, 0, 1_010, 1, 0);

    assertThatThrownBy(() -> write(entries, 1_010))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequence 1010");
    assertThat(file).doesNotExist();
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void fileCutAnywhereIsRefused() throws IOException {
    write(randomKeys(TestSeed.random("KeyFileTest"), 5_000));
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length += 512) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> KeyFile.open(file))
          .as("cut to %s of %s bytes", length, whole.length)
          .isInstanceOf(CorruptJournalException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("found " + length)
          .hasMessageContaining("ringfold repair");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> KeyFile.open(file)).isInstanceOf(CorruptJournalException.class);
  }

  @Test
  void everyFlippedBitIsFoundByVerifyAndNeverMakesAKeyLookNew() throws IOException {
    SplittableRandom random = TestSeed.random("KeyFileTest");
    List<KeyEntry> entries = randomKeys(random, 1_000);
    write(entries);
    byte[] whole = Files.readAllBytes(file);

    for (int i = 0; i < 500; i++) {
      // Every second flip in the header and the filter, which are small.
      int at = random.nextInt(i % 2 == 0 ? whole.length : 64 + 34 * 64);
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);

      Throwable found = catchThrowable(this::openAndVerify);
      assertThat(found).as("flip at %s", at).isInstanceOf(CorruptJournalException.class);
      assertThat(((CorruptJournalException) found).file()).isEqualTo(file);
      assertLookupsNeverMiss(entries);
    }
  }

  @Test
  void exchangedPagesAreFound() throws IOException {
    List<KeyEntry> entries = randomKeys(TestSeed.random("KeyFileTest"), 1_000);
    write(entries);
    byte[] bytes = Files.readAllBytes(file);
    int lastPage = bytes.length - 4096;
    byte[] page = Arrays.copyOfRange(bytes, lastPage, bytes.length);
    System.arraycopy(bytes, lastPage - 4096, bytes, lastPage, 4096);
    System.arraycopy(page, 0, bytes, lastPage - 4096, 4096);
    Files.write(file, bytes);

    assertThatThrownBy(this::openAndVerify).isInstanceOf(CorruptJournalException.class);
    assertLookupsNeverMiss(entries);
  }

  @Test
  void newerVersionIsNotCalledDamage() throws IOException {
    write(List.of());
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(4, 2);
    bytes.putInt(60, KeyFileFormat.headerCrc(bytes));
    Files.write(file, bytes.array());

    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(StoreTooNewException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void missingFileIsAnAccessErrorThatNamesIt() {
    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void releasedFileIsReopenedAndAReplacedOneRefused() {
    List<KeyEntry> entries = randomKeys(TestSeed.random("KeyFileTest"), 100);
    write(entries);
    try (KeyFile keys = KeyFile.open(file)) {
      keys.release();
      assertThat(keys.find(entries.get(5).hi(), entries.get(5).lo())).isEqualTo(entries.get(5));

      keys.release();
      write(entries.subList(0, 50));
      assertThatThrownBy(() -> keys.find(entries.get(5).hi(), entries.get(5).lo()))
          .isInstanceOf(CorruptJournalException.class)
          .hasMessageContaining("replaced");
    }
  }

  @Test
  void closedFileRefusesLookUps() {
    write(randomKeys(TestSeed.random("KeyFileTest"), 100));
    KeyFile keys = KeyFile.open(file);
    keys.close();

    assertThatThrownBy(() -> keys.find(1, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void interruptedThreadCanStillLookUp() {
    List<KeyEntry> entries = randomKeys(TestSeed.random("KeyFileTest"), 100);
    write(entries);
    try (KeyFile keys = KeyFile.open(file)) {
      Thread.currentThread().interrupt();
      assertThat(keys.find(entries.get(1).hi(), entries.get(1).lo())).isEqualTo(entries.get(1));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void threadsLookUpAtTheSameTimeWhileTheFileIsReleased() {
    List<KeyEntry> entries = randomKeys(TestSeed.random("KeyFileTest"), 2_000);
    write(entries);
    AtomicInteger correct = new AtomicInteger();
    try (KeyFile keys = KeyFile.open(file)) {
      IntStream.range(0, 4 * entries.size())
          .parallel()
          .forEach(
              i -> {
                KeyEntry entry = entries.get(i % entries.size());
                if (i % 50 == 0) {
                  keys.release();
                }
                if (entry.equals(keys.find(entry.hi(), entry.lo()))) {
                  correct.incrementAndGet();
                }
              });
    }
    assertThat(correct).hasValue(4 * entries.size());
  }

  private void openAndVerify() {
    try (KeyFile keys = KeyFile.open(file)) {
      keys.verify();
    }
  }

  private void assertLookupsNeverMiss(List<KeyEntry> entries) {
    KeyFile keys;
    try {
      keys = KeyFile.open(file);
    } catch (CorruptJournalException refused) {
      assertThat(refused).hasMessageContaining(file.toString());
      return;
    }
    try (keys) {
      for (int i = 0; i < entries.size(); i += 25) {
        KeyEntry entry = entries.get(i);
        try {
          assertThat(keys.find(entry.hi(), entry.lo())).isEqualTo(entry);
        } catch (CorruptJournalException found) {
          assertThat(found.offset()).isGreaterThanOrEqualTo(64);
        }
      }
    }
  }

  private static List<KeyEntry> randomKeys(SplittableRandom random, int count) {
    List<KeyEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(
          new KeyEntry(
              random.nextLong(),
              random.nextLong(),
              0,
              random.nextLong(),
              1_000 + i,
              random.nextInt(1, 100),
              random.nextLong()));
    }
    return entries;
  }

  private void write(List<KeyEntry> entries) {
    KeyEntries list = new KeyEntries();
    entries.forEach(list::add);
    write(list, 1_000 + entries.size());
  }

  private void write(KeyEntries entries, long endSequence) {
    KeyFile.write(file, tmp, KeyFile.Content.KEYS, STORE_ID, 7, 1_000, endSequence, entries);
  }

  private static List<String> contentOf(KeyWindow window) {
    List<String> content = new ArrayList<>();
    window.forEachFrom(
        0,
        (hi, lo, payloadHash, sequence, count, logTime) ->
            content.add(new KeyEntry(hi, lo, 0, payloadHash, sequence, count, logTime).toString()));
    return content;
  }

  private static List<String> contentOf(ConditionIndex index) {
    List<String> content = new ArrayList<>();
    index.forEachFrom(
        0,
        (type, hi, lo, sequence) ->
            content.add(new KeyEntry(hi, lo, type, 0, sequence, 0, 0).toString()));
    return content;
  }
}
