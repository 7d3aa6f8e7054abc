// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.MetricType;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process that looks at the live outputs of a store while another one writes it, and notes the
 * hash of each view with its sequence: lines {@code view sequence hash}. It knows nothing of the
 * journal and works hashes out by itself, by their definition.
 */
public final class LiveObserver {
  static final String METRICS = "metrics";
  static final String CHECKPOINTS = "checkpoints";
  static final String TOTAL = NotedTotal.NAME;

  private static final long PAUSE_NANOS = 20_000_000L;

  private final Path store;
  private final Notes notes;
  private final Random random;
  private final int placesPerLook;
  private final Set<String> seen = new HashSet<>();

  /** Where other views were noted, and the rows not yet. */
  private final TreeSet<Long> otherPlaces = new TreeSet<>();

  /** Where it notes what it sees. */
  private interface Notes {
    void add(String view, long sequence, String hash) throws IOException;
  }

  private LiveObserver(Path store, Notes notes, long seed, int placesPerLook) {
    this.store = store;
    this.notes = notes;
    this.random = new Random(seed);
    this.placesPerLook = placesPerLook;
  }

  /**
   * Arguments: store, file to write, file whose appearance ends it, seed, file of looks, places in
   * a look.
   */
  public static void main(String[] arguments) throws Exception {
    LiveObserver observer =
        new LiveObserver(
            Path.of(arguments[0]),
            (view, sequence, hash) ->
                Files.writeString(
                    Path.of(arguments[1]),
                    view + " " + sequence + " " + hash + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND),
            Long.parseLong(arguments[3]),
            Integer.parseInt(arguments[5]));
    Path stop = Path.of(arguments[2]);
    boolean last = false;
    while (!last) {
      last = Files.exists(stop);
      observer.look();
      Files.write(
          Path.of(arguments[4]), new byte[1], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** What the outputs of a store show, by view: of all that they have. */
  static Map<String, String> whole(Path store) throws Exception {
    Map<String, String> seen = new TreeMap<>();
    new LiveObserver(store, (view, sequence, hash) -> seen.put(view, hash), 0, 0).look();
    return seen;
  }

  private void look() throws Exception {
    checkpoints();
    total();
    try {
      metrics();
    } catch (NoSuchFileException early) {
      // The table is made with its first event.
    }
  }

  private void note(String view, long sequence, String hash) throws IOException {
    if (seen.add(view + sequence)) {
      if (!view.equals(METRICS)) {
        otherPlaces.add(sequence);
      }
      notes.add(view, sequence, hash);
    }
  }

  // ---- metrics

  private void metrics() throws Exception {
    MetricTable table = MetricTable.open(store.resolve("outputs/metrics.parquet"));
    long end = lastSequence(table);
    if (end < 0) {
      return;
    }
    TreeSet<Long> places = new TreeSet<>(Set.of(end));
    for (int i = 0; i < placesPerLook; i++) {
      places.add((long) (random.nextDouble() * end));
    }
    Set<Long> known = otherPlaces.headSet(end);
    places.addAll(known);
    known.clear();
    List<MetricTable.ColumnSummary> columns = new ArrayList<>(table.columns());
    columns.sort(Comparator.comparing(MetricTable.ColumnSummary::name));
    long[] sums = new long[4];
    long count = 0;
    try (MetricRows rows = table.rows()) {
      while (rows.next() && !places.isEmpty()) {
        long sequence = rows.longAt(rows.column("seq"));
        while (!places.isEmpty() && places.first() < sequence) {
          note(METRICS, places.pollFirst(), sum(count, sums));
        }
        ByteBuffer hash = ByteBuffer.wrap(sha256(row(rows, columns)));
        for (int i = 0; i < sums.length; i++) {
          sums[i] += hash.getLong();
        }
        count++;
      }
    }
    while (!places.isEmpty()) {
      note(METRICS, places.pollFirst(), sum(count, sums));
    }
  }

  /** Rows that come while this looks are not counted. */
  private static long lastSequence(MetricTable table) throws IOException {
    long last = -1;
    try (MetricRows rows = table.rows()) {
      while (rows.next()) {
        last = rows.longAt(rows.column("seq"));
      }
    }
    return last;
  }

  private static String sum(long count, long[] sums) throws Exception {
    ByteBuffer all = ByteBuffer.allocate(5 * Long.BYTES).putLong(count);
    for (long sum : sums) {
      all.putLong(sum);
    }
    return HexFormat.of().formatHex(sha256(all.array()));
  }

  private static byte[] row(MetricRows rows, List<MetricTable.ColumnSummary> columns)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(rows.longAt(rows.column("seq")));
    text(out, rows.stringAt(rows.column("run_id")));
    out.writeInt((int) rows.longAt(rows.column("attempt")));
    out.writeByte(rows.stringAt(rows.column("kind")).equals("step") ? 0 : 1);
    out.writeLong(rows.longAt(rows.column("ts")));
    out.writeLong(rows.longAt(rows.column("epoch")));
    out.writeLong(rows.longAt(rows.column("step")));
    for (MetricTable.ColumnSummary column : columns) {
      int place = rows.column(column.name());
      if (!column.metric().isEmpty() && !rows.isNull(place)) {
        text(out, column.name());
        cell(out, rows, column, place);
      }
    }
    return bytes.toByteArray();
  }

  private static void cell(
      DataOutputStream out, MetricRows rows, MetricTable.ColumnSummary column, int place)
      throws IOException {
    switch (column.type()) {
      case "double" -> {
        out.writeByte(MetricType.DOUBLE.code());
        out.writeLong(Double.doubleToRawLongBits(rows.doubleAt(place)));
      }
      case "string" -> {
        out.writeByte(MetricType.STRING.code());
        text(out, rows.stringAt(place));
      }
      case "boolean" -> {
        out.writeByte(MetricType.BOOLEAN.code());
        out.writeBoolean(rows.booleanAt(place));
      }
      default -> {
        out.writeByte(MetricType.LONG.code());
        out.writeLong(rows.longAt(place));
      }
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  // ---- checkpoints

  private void checkpoints() throws IOException {
    Path newest = newest(store.resolve("outputs/checkpoints/_commits"), ".json");
    if (newest == null) {
      return;
    }
    JsonNode commit;
    try {
      commit = new ObjectMapper().readTree(newest.toFile());
    } catch (java.io.FileNotFoundException pruned) {
      return;
    }
    List<CheckpointSummary> live = new ArrayList<>();
    for (JsonNode one : commit.get("checkpoints")) {
      if (!one.get("expired").asBoolean()) {
        live.add(summary(one));
      }
    }
    note(CHECKPOINTS, commit.get("sequence").asLong(), Fingerprints.checkpoints(live));
  }

  private static CheckpointSummary summary(JsonNode one) {
    return new CheckpointSummary(
        one.get("epoch").asLong(),
        one.get("sequence").asLong(),
        one.get("run").asText(),
        one.get("label").asText(),
        one.get("pinned").asBoolean(),
        one.get("pin_reason").asText(),
        Instant.parse(one.get("time").asText()),
        one.get("raw_bytes").asLong(),
        one.get("stored_bytes").asLong(),
        one.get("new_bytes").asLong(),
        one.get("tensors").asInt(),
        new BlobRef(BlobId.parse(one.get("manifest").asText()), one.get("manifest_bytes").asLong()),
        one.get("metadata").asText());
  }

  // ---- a projection's snapshot

  private void total() throws Exception {
    Path newest = newest(store.resolve("snapshots/" + NotedTotal.NAME), ".snapshot");
    if (newest == null) {
      return;
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(newest);
    } catch (NoSuchFileException trimmed) {
      return;
    }
    DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
    in.skipNBytes(8);
    in.readUTF();
    in.readInt();
    long sequence = in.readLong();
    in.readInt();
    byte[] body = in.readNBytes(in.available() - Long.BYTES - Integer.BYTES);
    note(TOTAL, sequence, HexFormat.of().formatHex(sha256(body)));
  }

  private static @Nullable Path newest(Path directory, String suffix) throws IOException {
    if (!Files.isDirectory(directory)) {
      return null;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }
}
