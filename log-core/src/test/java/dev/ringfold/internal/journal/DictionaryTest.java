// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.ringfold.ConfigurationException;
import dev.ringfold.EventCodecException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.StreamKey;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DictionaryTest {
  private static final MetricLayout LOSS =
      MetricLayout.builder().column("loss", MetricType.DOUBLE).column("n", MetricType.LONG).build();

  @Test
  void theZerosAreAlwaysThereAndHaveNoRecord() {
    Dictionary dictionary = new Dictionary();

    assertThat(dictionary.name("")).isZero();
    assertThat(dictionary.stream(StreamKey.LOG)).isZero();
    assertThat(dictionary.layout(MetricLayout.builder().build())).isZero();
    assertThat(dictionary.nameAt(0)).isEmpty();
    assertThat(dictionary.streamAt(0)).isEqualTo(StreamKey.LOG);
    assertThat(dictionary.layoutAt(0).size()).isZero();
    assertThat(dictionary.size()).isZero();
  }

  @Test
  void idsAreDenseAndStable() {
    Dictionary dictionary = new Dictionary();

    assertThat(dictionary.name("a")).isEqualTo(1);
    assertThat(dictionary.name("b")).isEqualTo(2);
    assertThat(dictionary.name("a")).isEqualTo(1);
    assertThat(dictionary.stream(StreamKey.of("b"))).isEqualTo(1);
    assertThat(dictionary.stream(new StreamKey("b", "lab", "", ""))).isEqualTo(2);
    assertThat(dictionary.layout(LOSS)).isEqualTo(1);
    assertThat(dictionary.layout(MetricLayout.of(LOSS.columns()))).isEqualTo(1);

    assertThat(dictionary.nameAt(3)).isEqualTo("lab");
    assertThat(dictionary.streamAt(2).space()).isEqualTo("lab");
    assertThat(dictionary.layoutAt(1)).isEqualTo(LOSS);
    assertThat(dictionary.nameCount()).isEqualTo(4);
    assertThat(dictionary.streamCount()).isEqualTo(3);
    assertThat(dictionary.layoutCount()).isEqualTo(2);
    assertThat(dictionary.size()).isEqualTo(6);
  }

  @Test
  void recordsHaveTheirGoldenBytes() {
    Dictionary dictionary = new Dictionary();
    dictionary.name("é");
    dictionary.stream(new StreamKey("r", "", "é", ""));
    dictionary.layout(LOSS);
    dictionary.producer(5, 255, "é");

    assertThat(hexRecords(dictionary))
        .containsExactly(
            "0f000000" + "01" + "01000000" + "02000000" + "c3a9",
            "0e000000" + "01" + "02000000" + "01000000" + "72",
            "19000000" + "02" + "01000000" + "02000000" + "00000000" + "01000000" + "00000000",
            "1a000000"
                + ("03" + "01000000" + "0200")
                + ("01" + "04000000" + "6c6f7373")
                + ("02" + "01000000" + "6e"),
            "0f000000" + "04" + "05000000" + "ff00" + "01000000");
  }

  @Test
  void loadingTheRecordsGivesTheSameDictionaryAndItsNextIds() {
    Dictionary written = sample();

    Dictionary read = load(new Dictionary(), body(written), (int) written.size());

    assertThat(read.nameCount()).isEqualTo(written.nameCount());
    for (int id = 0; id < written.nameCount(); id++) {
      assertThat(read.nameAt(id)).isEqualTo(written.nameAt(id));
    }
    assertThat(read.streamAt(2)).isEqualTo(written.streamAt(2));
    assertThat(read.layoutAt(2)).isEqualTo(MetricLayout.training());
    assertThat(read.producerNameAt(1, 1)).isEqualTo("trainer");
    assertThat(read.name("next")).isEqualTo(written.nameCount());
  }

  @Test
  void loadingTwiceChangesNothing() {
    Dictionary written = sample();
    Dictionary read = load(new Dictionary(), body(written), (int) written.size());
    List<String> once = hexRecords(read);

    load(read, body(written), (int) written.size());

    assertThat(hexRecords(read)).isEqualTo(once);
  }

  @Test
  void loadedNamesStreamsAndLayoutsBecomeRecordsButEarlierProducersDoNot() {
    Dictionary written = sample();

    Dictionary read = load(new Dictionary(), body(written), (int) written.size());

    List<String> expected = new ArrayList<>(hexRecords(written));
    expected.removeIf(record -> record.startsWith("0f00000004"));
    assertThat(hexRecords(read)).isEqualTo(expected).hasSize((int) written.size() - 1);
  }

  @Test
  void loadingIsTheSameFromASliceOfADirectBuffer() {
    Dictionary written = sample();
    byte[] body = body(written);
    ByteBuffer direct = ByteBuffer.allocateDirect(body.length + 20);
    direct.put(13, body);

    Dictionary read = new Dictionary();
    read.load(direct, 13, body.length, (int) written.size());

    assertThat(read.nameCount()).isEqualTo(written.nameCount());
  }

  @Test
  void contradictionsAndGapsAreRefused() {
    byte[] first = body(named("x"));
    byte[] second = recordOf(named("x", "y"), 1);
    Dictionary other = named("other");

    assertThatThrownBy(() -> load(other, first, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Name id 1 is recorded as x but here it is other");
    assertThatThrownBy(() -> load(new Dictionary(), second, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Name id 2 is recorded as y but here it is nothing")
        .hasMessageContaining("next free id is 1");
    assertThatThrownBy(() -> load(named("y"), second, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("y has id 1");
  }

  @Test
  void aProducerKeepsItsNameForASession() {
    Dictionary dictionary = new Dictionary();

    dictionary.producer(1, 7, "loader");
    dictionary.producer(1, 7, "loader");
    dictionary.producer(2, 7, "trainer");

    assertThat(dictionary.producerNameAt(1, 7)).isEqualTo("loader");
    assertThat(dictionary.producerNameAt(2, 7)).isEqualTo("trainer");
    assertThat(dictionary.producerNameAt(3, 7)).isEmpty();
    assertThat(dictionary.size()).isEqualTo(4);
    assertThatThrownBy(() -> dictionary.producer(1, 7, "trainer"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Producer 7 of session 1")
        .hasMessageContaining("'trainer'")
        .hasMessageContaining("'loader'");
    assertThatThrownBy(() -> dictionary.producer(1, 65_536, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void producersOfTheOldestSessionsAreForgottenFirst() {
    Dictionary dictionary = new Dictionary();
    int perSession = 255;
    int sessions = Dictionary.MAX_PRODUCERS / perSession + 2;

    for (int session = 1; session <= sessions; session++) {
      for (int producer = 1; producer <= perSession; producer++) {
        dictionary.producer(session, producer, "p");
      }
    }

    assertThat(dictionary.producerNameAt(1, 1)).isEmpty();
    assertThat(dictionary.producerNameAt(sessions, perSession)).isEqualTo("p");
  }

  @Test
  void limitsAreNamedAndKnownValuesStayUsable() {
    Dictionary dictionary = new Dictionary();
    for (int i = 1; i < Dictionary.MAX_NAMES; i++) {
      assertThat(dictionary.name("name-" + i)).isEqualTo(i);
    }

    assertThatThrownBy(() -> dictionary.name("one more"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 65536 names")
        .hasMessageContaining("'one more'");
    assertThatThrownBy(() -> dictionary.stream(StreamKey.of("another")))
        .isInstanceOf(ConfigurationException.class);
    assertThat(dictionary.name("name-65535")).isEqualTo(65_535);
    assertThat(dictionary.stream(StreamKey.of("name-9"))).isEqualTo(1);
    assertThat(dictionary.size()).isEqualTo(65_536);
  }

  @Test
  void streamsAreLimited() {
    Dictionary dictionary = new Dictionary();
    for (int i = 1; i < Dictionary.MAX_STREAMS; i++) {
      dictionary.stream(new StreamKey("s", "a" + i % 256, "b" + i / 256, ""));
    }

    assertThatThrownBy(() -> dictionary.stream(StreamKey.of("s")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 65536 streams");
  }

  @Test
  void layoutsAreLimited() {
    Dictionary dictionary = new Dictionary();
    for (int i = 1; i < Dictionary.MAX_LAYOUTS; i++) {
      dictionary.layout(MetricLayout.builder().column("c" + i, MetricType.LONG).build());
    }

    assertThatThrownBy(() -> dictionary.layout(LOSS))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 4096 metric layouts");
  }

  @Test
  void theBytesOfAllRecordsAreLimited() {
    Dictionary dictionary = new Dictionary();
    String stem = "x".repeat(190);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                MetricLayout.Builder wide = MetricLayout.builder();
                for (int column = 0; column < MetricLayout.MAX_COLUMNS; column++) {
                  wide.column(stem + i * 10_000 + column, MetricType.LONG);
                }
                dictionary.layout(wide.build());
              }
            })
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 67108864 bytes");
    assertThat(dictionary.record(0).length)
        .isLessThan(FrameFormat.MAX_LENGTH - FrameFormat.HEADER_LENGTH);
  }

  @Test
  void aNameTooLongOrNotUnicodeIsRefused() {
    Dictionary dictionary = new Dictionary();

    assertThat(dictionary.name("é".repeat(512))).isEqualTo(1);
    assertThatThrownBy(() -> dictionary.name("é".repeat(513)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at most 1024 bytes of UTF-8")
        .hasMessageContaining("has 1026");
    assertThatThrownBy(() -> dictionary.name("a\uD800")).isInstanceOf(EventCodecException.class);
    assertThat(dictionary.nameCount()).isEqualTo(2);
  }

  @Test
  void recordsCutOrDamagedAnywhereAreRefusedTyped() {
    Dictionary written = sample();
    byte[] body = body(written);
    int count = (int) written.size();

    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> load(new Dictionary(), cut, count))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> load(new Dictionary(), body, count - 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more bytes");
  }

  @Test
  void flippedBytesNeverCauseAnythingButATypedError() {
    long seed = Long.getLong("ringfold.seed", 20_261_121L);
    System.out.println("DictionaryTest repeats with -Dringfold.seed=" + seed);
    Random random = new Random(seed);
    Dictionary written = sample();
    int refused = 0;

    for (int round = 0; round < 20_000; round++) {
      byte[] body = body(written);
      int at = random.nextInt(body.length);
      body[at] ^= (byte) (1 << random.nextInt(8));
      try {
        load(new Dictionary(), body, (int) written.size());
      } catch (IllegalStateException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("round " + round + ": flipped byte " + at, e);
      }
    }

    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void racingThreadsAgreeOnIdsAndSeeEveryRecordOfAnIdTheyHold() throws Exception {
    int threads = 4;
    int names = 3_000;
    Dictionary dictionary = new Dictionary();
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    AtomicBoolean done = new AtomicBoolean();
    try {
      Future<Boolean> reader = pool.submit(() -> readUntil(done, dictionary));
      List<Callable<int[]>> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        writers.add(() -> internAll(dictionary, names));
      }
      List<Future<int[]>> ids = pool.invokeAll(writers);
      done.set(true);

      for (Future<int[]> each : ids) {
        assertThat(each.get()).isEqualTo(ids.get(0).get());
      }
      assertThat(reader.get()).isTrue();
      assertThat(dictionary.nameCount()).isEqualTo(names + 1);
      assertThat(dictionary.size()).isEqualTo(2L * names);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void internedValuesAllocateNothingWhenKnown() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Dictionary dictionary = sample();
    StreamKey key = StreamKey.of("run-1");
    int stream = dictionary.stream(key);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long sum = 0;
      for (int i = 0; i < 10_000; i++) {
        sum += dictionary.name("trainer") + dictionary.nameAt(1).length();
        sum += dictionary.stream(key) - stream + dictionary.layout(LOSS);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(sum).isPositive();
    }

    assertThat(least).isZero();
  }

  private static int[] internAll(Dictionary dictionary, int names) {
    int[] ids = new int[names];
    for (int i = 0; i < names; i++) {
      ids[i] = dictionary.name("n" + i);
      assertThat(dictionary.size()).isGreaterThanOrEqualTo(ids[i]);
      assertThat(dictionary.nameAt(ids[i])).isEqualTo("n" + i);
      int stream = dictionary.stream(StreamKey.of("n" + i));
      assertThat(dictionary.streamAt(stream).name()).isEqualTo("n" + i);
    }
    return ids;
  }

  /** Copies records as the journal thread does; each prefix must load on its own. */
  private static boolean readUntil(AtomicBoolean done, Dictionary source) {
    Dictionary copy = new Dictionary();
    long read = 0;
    boolean last;
    do {
      last = done.get();
      for (long size = source.size(); read < size; read++) {
        load(copy, source.record(read), 1);
      }
    } while (!last);
    return copy.nameCount() == source.nameCount() && copy.streamCount() == source.streamCount();
  }

  private static Dictionary sample() {
    Dictionary dictionary = named("trainer", "Größe \uD83D\uDE00");
    dictionary.stream(StreamKey.of("run-1"));
    dictionary.stream(new StreamKey("run-1", "lab", "agent", "gpu0"));
    dictionary.layout(LOSS);
    dictionary.producer(1, 1, "trainer");
    dictionary.layout(MetricLayout.training());
    return dictionary;
  }

  private static Dictionary named(String... names) {
    Dictionary dictionary = new Dictionary();
    for (String name : names) {
      dictionary.name(name);
    }
    return dictionary;
  }

  private static Dictionary load(Dictionary dictionary, byte[] body, int count) {
    dictionary.load(ByteBuffer.wrap(body), 0, body.length, count);
    return dictionary;
  }

  private static byte[] recordOf(Dictionary dictionary, long index) {
    return dictionary.record(index).clone();
  }

  private static byte[] body(Dictionary dictionary) {
    return HexFormat.of().parseHex(String.join("", hexRecords(dictionary)));
  }

  private static List<String> hexRecords(Dictionary dictionary) {
    List<String> records = new ArrayList<>();
    for (long i = 0; i < dictionary.size(); i++) {
      records.add(HexFormat.of().formatHex(dictionary.record(i)));
    }
    return records;
  }

  @Test
  void aLayoutThatIsLargerThanAFrameIsRefusedBeforeItHasAnId() {
    Dictionary dictionary = new Dictionary(200);
    MetricLayout.Builder wide = MetricLayout.builder();
    for (int i = 0; i < 50; i++) {
      wide.doubles("column-" + i);
    }

    assertThatThrownBy(() -> dictionary.layout(wide.build()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("200 bytes")
        .hasMessageContaining("Split the columns");
    assertThat(dictionary.layoutCount()).isEqualTo(1);
    assertThat(dictionary.size()).isZero();
  }
}
