// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What {@link JournalVerifier} read and found. Immutable.
 *
 * @param store the store's directory
 * @param storeId its id in hex; empty when the manifest cannot be read
 * @param state state of the manifest in lower case; {@code unknown} when it cannot be read
 * @param segments segments looked at
 * @param hashedSegments segments whose SHA-256 was compared
 * @param frames intact frames
 * @param events intact events
 * @param bytes bytes of intact frames and what lies between them
 * @param firstSequence sequence of the first event, or -1
 * @param lastSequence sequence of the last event, or -1
 * @param durableSequence highest durable sequence that manifest or frames name, or -1
 * @param findings what was noticed, in the order of the files; at most {@link
 *     JournalVerifier#MAX_FINDINGS}
 */
public record VerifyReport(
    Path store,
    String storeId,
    String state,
    long segments,
    long hashedSegments,
    long frames,
    long events,
    long bytes,
    long firstSequence,
    long lastSequence,
    long durableSequence,
    List<Finding> findings) {

  /** Copies the findings. */
  public VerifyReport {
    findings = List.copyOf(findings);
  }

  /** Whether nothing that was promised is damaged or missing: there is no ERROR. */
  public boolean intact() {
    return count(Severity.ERROR) == 0;
  }

  /** How many findings have this severity. */
  public long count(Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }

  /** The report in words, lines end in LF. */
  public String toText() {
    StringBuilder text = new StringBuilder(512);
    text.append("store      ").append(store).append(" (").append(storeId).append(", ");
    text.append(state).append(")\n");
    text.append("segments   ").append(segments).append(", ").append(hashedSegments);
    text.append(" compared with their SHA-256\n");
    text.append("frames     ").append(frames).append(", ").append(bytes).append(" bytes\n");
    text.append("events     ").append(events);
    if (events > 0) {
      text.append(", sequences ").append(firstSequence).append(" to ").append(lastSequence);
    }
    text.append("\ndurable    up to ").append(durableSequence).append('\n');
    for (Finding finding : findings) {
      text.append(finding.toText()).append('\n');
    }
    text.append(intact() ? "intact" : "DAMAGED");
    text.append(": ").append(count(Severity.ERROR)).append(" errors, ");
    text.append(count(Severity.WARNING)).append(" warnings, ");
    return text.append(count(Severity.NOTE)).append(" notes\n").toString();
  }

  /** The report as one JSON object on one line. */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", store.toString()).put("storeId", storeId).put("state", state);
    root.put("intact", intact());
    root.put("segments", segments).put("hashedSegments", hashedSegments);
    root.put("frames", frames).put("events", events).put("bytes", bytes);
    root.put("firstSequence", firstSequence).put("lastSequence", lastSequence);
    root.put("durableSequence", durableSequence);
    ArrayNode list = root.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode node = list.addObject();
      node.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
      node.put("file", finding.file().toString()).put("offset", finding.offset());
      node.put("firstBadSequence", finding.firstBadSequence());
      node.put("text", finding.text()).put("remedy", finding.remedy());
    }
    return Json.line(root);
  }
}
