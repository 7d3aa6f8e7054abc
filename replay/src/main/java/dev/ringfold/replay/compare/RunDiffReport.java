// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.writers.checkpoint.TensorChanges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How two stores, or two runs, differ.
 *
 * @param first one of them
 * @param second the other one
 * @param parting where their logs part
 * @param runs that were compared
 * @param onlyFirst runs that only the first store has
 * @param onlySecond runs that only the second one has
 * @param notes what a reader has to know
 */
public record RunDiffReport(
    Side first,
    Side second,
    Parting parting,
    List<RunChanges> runs,
    List<String> onlyFirst,
    List<String> onlySecond,
    List<String> notes) {
  /** Copies the lists. */
  public RunDiffReport {
    runs = List.copyOf(runs);
    onlyFirst = List.copyOf(onlyFirst);
    onlySecond = List.copyOf(onlySecond);
    notes = List.copyOf(notes);
  }

  /**
   * One store.
   *
   * @param store its directory
   * @param storeId its id
   * @param sequence up to where it is looked at
   * @param lineage where it was forked from, such as {@code <store id>@1234}, or empty
   */
  public record Side(String store, String storeId, long sequence, String lineage) {}

  /**
   * Two runs.
   *
   * @param first name in the first store
   * @param second name in the second one
   * @param rowsFirst rows of metrics of the first
   * @param rowsSecond rows of metrics of the second
   * @param configuration entries that differ
   * @param curves of all metrics
   * @param checkpoints by epoch
   */
  public record RunChanges(
      String first,
      String second,
      long rowsFirst,
      long rowsSecond,
      List<Setting> configuration,
      List<CurveChange> curves,
      List<CheckpointChange> checkpoints) {
    /** Copies the lists. */
    public RunChanges {
      configuration = List.copyOf(configuration);
      curves = List.copyOf(curves);
      checkpoints = List.copyOf(checkpoints);
    }
  }

  /**
   * An entry of the configuration.
   *
   * @param key its name, nested ones with dots
   * @param first its value as JSON, empty without one
   * @param second its value as JSON, empty without one
   */
  public record Setting(String key, String first, String second) {}

  /**
   * The numbers of a metric.
   *
   * @param count how many values
   * @param last the newest
   * @param least the smallest
   * @param greatest the largest
   * @param mean of all
   */
  public record Curve(long count, double last, double least, double greatest, double mean) {}

  /**
   * A metric in both runs.
   *
   * @param metric its name
   * @param kind {@code step} or {@code epoch}
   * @param first its numbers
   * @param second its numbers
   * @param common steps that both have a number for
   * @param greatestDifference between them at one step; NaN when at some step only one of both is
   *     NaN, infinite when only one of both is
   * @param greatestAt that step, the first one of them, empty when they are equal
   * @param firstAt the first step at which they differ, in the order of the first run; or empty
   */
  public record CurveChange(
      String metric,
      String kind,
      Curve first,
      Curve second,
      long common,
      double greatestDifference,
      String greatestAt,
      String firstAt) {}

  /**
   * The newest checkpoints of an epoch.
   *
   * @param epoch the epoch
   * @param first sequence in the first store, -1 for none
   * @param second sequence in the second one, -1 for none
   * @param tensors what differs; null when one is missing or its list of tensors is gone
   * @param problem why tensors could not be compared, or empty
   */
  public record CheckpointChange(
      long epoch, long first, long second, @Nullable TensorChanges tensors, String problem) {}

  /** For programs: one object. */
  public ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    side(first, root.putObject("first"));
    side(second, root.putObject("second"));
    root.putObject("parting")
        .put("lastCommon", parting.lastCommon())
        .put("known", parting.isKnown())
        .put("first", parting.first())
        .put("second", parting.second());
    ArrayNode runNodes = root.putArray("runs");
    runs.forEach(run -> run(run, runNodes.addObject()));
    texts(root.putArray("onlyFirst"), onlyFirst);
    texts(root.putArray("onlySecond"), onlySecond);
    texts(root.putArray("notes"), notes);
    return root;
  }

  private static void side(Side side, ObjectNode node) {
    node.put("store", side.store())
        .put("storeId", side.storeId())
        .put("sequence", side.sequence())
        .put("lineage", side.lineage());
  }

  private static void run(RunChanges run, ObjectNode node) {
    node.put("first", run.first()).put("second", run.second());
    node.put("rowsFirst", run.rowsFirst()).put("rowsSecond", run.rowsSecond());
    ArrayNode settings = node.putArray("configuration");
    for (Setting setting : run.configuration()) {
      settings
          .addObject()
          .put("key", setting.key())
          .put("first", setting.first())
          .put("second", setting.second());
    }
    ArrayNode curves = node.putArray("curves");
    for (CurveChange change : run.curves()) {
      ObjectNode curve = curves.addObject();
      curve.put("metric", change.metric()).put("kind", change.kind());
      curve(change.first(), curve.putObject("first"));
      curve(change.second(), curve.putObject("second"));
      curve.put("common", change.common());
      curve.set("greatestDifference", JsonValues.of(change.greatestDifference()));
      curve.put("greatestAt", change.greatestAt()).put("firstAt", change.firstAt());
    }
    ArrayNode checkpoints = node.putArray("checkpoints");
    run.checkpoints().forEach(change -> checkpoint(change, checkpoints.addObject()));
  }

  private static void curve(Curve curve, ObjectNode node) {
    node.put("count", curve.count());
    node.set("last", JsonValues.of(curve.last()));
    node.set("min", JsonValues.of(curve.least()));
    node.set("max", JsonValues.of(curve.greatest()));
    node.set("mean", JsonValues.of(curve.mean()));
  }

  private static void checkpoint(CheckpointChange change, ObjectNode node) {
    node.put("epoch", change.epoch());
    node.put("first", change.first()).put("second", change.second());
    node.put("problem", change.problem());
    TensorChanges tensors = change.tensors();
    if (tensors == null) {
      return;
    }
    node.put("sameTensors", tensors.same());
    ArrayNode changed = node.putArray("changedTensors");
    for (TensorChanges.Changed one : tensors.changed()) {
      changed
          .addObject()
          .put("tensor", one.tensor())
          .put("chunks", one.chunks())
          .put("changedChunks", one.changedChunks())
          .put("reshaped", one.isReshaped());
    }
    texts(node.putArray("onlyFirst"), tensors.onlyFirst());
    texts(node.putArray("onlySecond"), tensors.onlySecond());
  }

  private static void texts(ArrayNode node, List<String> texts) {
    texts.forEach(node::add);
  }
}
