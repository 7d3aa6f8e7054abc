// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.replay.backup.Description.Blob;
import dev.ringfold.replay.backup.Description.Frames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of {@code backup.json}: one JSON object on one line, UTF-8, members in this order and
 * no spaces, so that equal descriptions have equal bytes. The last member is a checksum over all
 * bytes before it.
 *
 * <pre>
 * {"format":1,
 *  "id":"000002-incremental","parent":"000001-full",        (parent null for a full one)
 *  "store":"&lt;32 hex&gt;",
 *  "ancestry":[{"store":"&lt;32 hex&gt;","sequence":n},...],
 *  "created":"&lt;ISO instant&gt;",
 *  "before":{"frame":n,"crc":n,"nextSequence":n,"logTime":n},   the chain in front of the frames
 *  "after":{"frame":n,"crc":n,"nextSequence":n,"logTime":n},    and behind them
 *  "lastSegment":n,"lastOffset":n,
 *  "schemas":"&lt;content of the file schemas of the store, or empty&gt;",
 *  "frames":[{"name":"frames-&lt;19 digits, first frame&gt;.zst","segment":n,"frames":n,
 *             "frameBytes":n,"cutAt":n,"bytes":n,"sha256":"&lt;64 hex&gt;"},...],
 *  "blobs":[{"sha256":"&lt;64 hex&gt;","bytes":n},...],
 *  "checksum":"&lt;64 hex: SHA-256 of all bytes before ,"checksum"&gt;"}
 * </pre>
 *
 * (Without the line breaks; one LF ends the file.) A frames file is a Zstandard stream of frames,
 * each as in the journal, in front of it its length as 4 bytes, little-endian.
 */
final class DescriptionText {
  /** Newest format that is written and read. */
  static final int FORMAT = 1;

  /** Most bytes of a description. */
  static final int MAX_BYTES = 512 << 20;

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String CHECKSUM = ",\"checksum\":\"";
  private static final int TAIL_LENGTH = CHECKSUM.length() + 64 + 3;

  private DescriptionText() {}

  static byte[] format(Description description) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("format", FORMAT).put("id", description.id()).put("parent", description.parent());
    root.put("store", description.storeId());
    ArrayNode ancestry = root.putArray("ancestry");
    for (Manifest.Lineage ancestor : description.ancestry()) {
      ancestry
          .addObject()
          .put("store", ancestor.parentStoreId())
          .put("sequence", ancestor.sequence());
    }
    root.put("created", description.created().toString());
    chain(root.putObject("before"), description.before());
    chain(root.putObject("after"), description.after());
    root.put("lastSegment", description.lastSegment());
    root.put("lastOffset", description.lastOffset());
    root.put("schemas", description.schemas());
    ArrayNode frames = root.putArray("frames");
    for (Frames file : description.frames()) {
      ObjectNode node = frames.addObject().put("name", file.name()).put("segment", file.segment());
      node.put("frames", file.frames()).put("frameBytes", file.frameBytes());
      node.put("cutAt", file.cutAt());
      node.put("bytes", file.bytes()).put("sha256", file.sha256());
    }
    ArrayNode blobs = root.putArray("blobs");
    for (Blob blob : description.blobs()) {
      blobs.addObject().put("sha256", blob.sha256()).put("bytes", blob.bytes());
    }
    return seal(root);
  }

  private static byte[] seal(ObjectNode root) {
    String text;
    try {
      text = MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of plain values can always be written", e);
    }
    byte[] body = text.substring(0, text.length() - 1).getBytes(StandardCharsets.UTF_8);
    byte[] tail = tail(body, body.length);
    byte[] all = Arrays.copyOf(body, body.length + tail.length);
    System.arraycopy(tail, 0, all, body.length, tail.length);
    return all;
  }

  private static byte[] tail(byte[] bytes, int length) {
    String hash = Hashing.hex(Hashing.sha256().digest(Arrays.copyOf(bytes, length)));
    return (CHECKSUM + hash + "\"}\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void chain(ObjectNode node, ChainState chain) {
    node.put("frame", chain.frameNumber()).put("crc", chain.crc());
    node.put("nextSequence", chain.nextSequence()).put("logTime", chain.logTimeNanos());
  }

  /** Reads a description; {@code backup} is named in errors. */
  static Description parse(Path backup, byte[] bytes) {
    int body = bytes.length - TAIL_LENGTH;
    if (body <= 0
        || !Arrays.equals(tail(bytes, body), Arrays.copyOfRange(bytes, body, bytes.length))) {
      throw new CorruptBackupException(
          backup, Description.FILE, "a checksum that fits", bytes.length + " other bytes");
    }
    try {
      String text = new String(bytes, 0, body, StandardCharsets.UTF_8) + "}";
      JsonNode root = MAPPER.readTree(text);
      if (root.path("format").asInt(-1) != FORMAT) {
        throw new IllegalArgumentException("format " + root.path("format"));
      }
      return parse(root);
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
      throw new CorruptBackupException(
          backup, Description.FILE, "a description of format " + FORMAT, "" + e.getMessage(), e);
    }
  }

  private static Description parse(JsonNode root) {
    List<Manifest.Lineage> ancestry = new ArrayList<>();
    for (JsonNode node : array(root, "ancestry")) {
      ancestry.add(new Manifest.Lineage(text(node, "store"), number(node, "sequence")));
    }
    List<Frames> frames = new ArrayList<>();
    for (JsonNode node : array(root, "frames")) {
      frames.add(
          new Frames(
              text(node, "name"),
              number(node, "segment"),
              number(node, "frames"),
              number(node, "frameBytes"),
              number(node, "cutAt"),
              number(node, "bytes"),
              text(node, "sha256")));
    }
    List<Blob> blobs = new ArrayList<>();
    for (JsonNode node : array(root, "blobs")) {
      blobs.add(new Blob(text(node, "sha256"), number(node, "bytes")));
    }
    return new Description(
        text(root, "id"),
        root.path("parent").isNull() ? null : text(root, "parent"),
        text(root, "store"),
        ancestry,
        Instant.parse(text(root, "created")),
        chain(root.path("before")),
        chain(root.path("after")),
        number(root, "lastSegment"),
        number(root, "lastOffset"),
        text(root, "schemas"),
        frames,
        blobs);
  }

  private static ChainState chain(JsonNode node) {
    return new ChainState(
        number(node, "frame"),
        (int) number(node, "crc"),
        number(node, "nextSequence"),
        number(node, "logTime"));
  }

  private static JsonNode array(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isArray()) {
      throw new IllegalArgumentException("no list '" + field + "'");
    }
    return value;
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("no text '" + field + "'");
    }
    return value.textValue();
  }

  private static long number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber()) {
      throw new IllegalArgumentException("no number '" + field + "'");
    }
    return value.longValue();
  }
}
