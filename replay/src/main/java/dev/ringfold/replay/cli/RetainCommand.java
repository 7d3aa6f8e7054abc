// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.RetentionPlan;
import dev.ringfold.RetentionPolicy;
import dev.ringfold.RetentionReport;
import dev.ringfold.RetentionRule;
import dev.ringfold.event.EventTypes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code retain}. */
@Command(
    name = "retain",
    description = {
      "Says which old segments a rule would delete, and deletes them with --apply.",
      "With --apply it opens the store for writing, so no other process may have it open; a program"
          + " that has it open uses EventLog.retention()."
    })
final class RetainCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Rule rule = new Rule();

  @Option(names = "--apply", description = "Delete; without it nothing is deleted.")
  private boolean apply;

  /** Which segments may go; one of these. */
  static final class Rule {
    @Option(
        names = "--before",
        paramLabel = "SEQ",
        description = "Segments whose events are all below this sequence.")
    private long before = -1;

    @Option(
        names = "--older-than",
        paramLabel = "AGE",
        description = "Segments that ended longer ago than this, for example 30d.")
    private @Nullable String olderThan;

    @Option(
        names = "--keep-bytes",
        paramLabel = "BYTES",
        description = "The oldest segments, until the journal has at most so many bytes.")
    private long keepBytes = -1;

    @Option(
        names = "--policy",
        description =
            "Segments that are due by the options retention-age, retention-bytes and"
                + " retention-checkpoints.")
    private boolean policy;
  }

  @Override
  int run(Output output) {
    RetentionRule asked = rule.policy ? policyRule() : asked();
    if (!apply) {
      tell(output, wouldBe(asked));
      return ExitCodes.OK;
    }
    try (EventLog log =
        common().configure(EventLog.builder(directory)).createIfMissing(false).build()) {
      RetentionPlan plan = log.retention().plan(asked);
      tell(output, log.retention().apply(plan));
      return ExitCodes.OK;
    }
  }

  private void tell(Output output, RetentionReport report) {
    if (output.json()) {
      output.json(toJson(report));
    } else {
      print(output, report);
    }
  }

  private RetentionRule asked() {
    if (rule.olderThan != null) {
      return new RetentionRule.OlderThan(Times.duration(rule.olderThan, this::wrong));
    }
    if (rule.before >= 0) {
      return new RetentionRule.BeforeSequence(rule.before);
    }
    if (rule.keepBytes >= 0) {
      return new RetentionRule.KeepBytes(rule.keepBytes);
    }
    throw wrong("--before and --keep-bytes must be >= 0");
  }

  /** What the policy comes to, with the checkpoints that there are now. */
  private RetentionRule policyRule() {
    RetentionPolicy policy = RetentionPolicy.of(common().config());
    if (policy.isOff()) {
      throw wrong("--policy needs retention-age, retention-bytes or retention-checkpoints");
    }
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      return reader.retentionRule(policy);
    }
  }

  /** Looks from outside, so that nothing is changed and a writer is not in the way. */
  private RetentionReport wouldBe(RetentionRule asked) {
    Duration grace = common().config().duration(LogOption.LEASE_GRACE);
    RetentionPlan plan;
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      plan = reader.retentionPlan(asked, Clock.systemUTC(), grace);
    }
    List<Long> numbers = plan.segments().stream().map(RetentionPlan.Segment::number).toList();
    return new RetentionReport(
        numbers, plan.bytes(), plan.floorSequence(), plan.blocks(), plan.pendingBytes());
  }

  private ObjectNode toJson(RetentionReport report) {
    ObjectNode root = Json.object().put("applied", apply);
    ArrayNode segments = root.putArray("segments");
    report.segments().forEach(segments::add);
    root.put("bytes", report.bytes()).put("floorSequence", report.floorSequence());
    root.put("pendingBytes", report.pendingBytes());
    ArrayNode blocks = root.putArray("blocks");
    for (RetentionPlan.Block block : report.blocks()) {
      blocks
          .addObject()
          .put("keeper", block.keeper().name().toLowerCase(Locale.ROOT))
          .put("name", block.name())
          .put("firstSegmentKept", block.firstSegmentKept())
          .put("reason", block.reason())
          .put("graceMillis", block.grace().toMillis());
    }
    return root;
  }

  private void print(Output output, RetentionReport report) {
    output.line(
        (apply ? "deleted " : "would delete ")
            + report.segments().size()
            + " segments, "
            + Quantities.bytes(report.bytes())
            + "; the log begins at sequence "
            + report.floorSequence());
    for (RetentionPlan.Block block : report.blocks()) {
      output.line(
          block.keeper().name().toLowerCase(Locale.ROOT)
              + " "
              + block.name()
              + " keeps segment "
              + block.firstSegmentKept()
              + " and later: "
              + Quantities.printable(block.reason()));
    }
    if (report.pendingBytes() > 0) {
      output.line(Quantities.bytes(report.pendingBytes()) + " are kept for them");
    }
    if (!apply && !report.segments().isEmpty()) {
      output.line("nothing was deleted; repeat with --apply");
    }
  }
}
