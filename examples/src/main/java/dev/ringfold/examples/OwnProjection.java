// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricsView;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.StateProjection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** A read model of your own: the lowest loss of each run. Argument: a store with metrics. */
public final class OwnProjection {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private OwnProjection() {}

  /** Lowest {@code train_loss} by run; readers may look at it from any thread. */
  static class LowestLoss extends StateProjection {
    private final Map<String, Double> lowest = new ConcurrentSkipListMap<>();
    private final MetricsView row = new MetricsView();

    Map<String, Double> lowest() {
      return Map.copyOf(lowest);
    }

    @Override
    public String name() {
      return "lowest-loss";
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public Set<Integer> types() {
      return Set.of(BuiltinTypes.METRICS_LOGGED.id());
    }

    @Override
    protected void fold(EventView event) {
      row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
      int loss = context().names().layout(row.layoutId()).indexOf("train_loss");
      if (loss >= 0 && row.present(loss)) {
        lowest.merge(event.stream().name(), row.doubleAt(loss), Math::min);
      }
    }

    @Override
    protected void clear() {
      lowest.clear();
    }

    @Override
    protected void save(DataOutput out) throws IOException {
      out.writeInt(lowest.size());
      for (Map.Entry<String, Double> entry : lowest.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeDouble(entry.getValue());
      }
    }

    @Override
    protected void load(DataInput in) throws IOException {
      for (int left = in.readInt(); left > 0; left--) {
        lowest.put(in.readUTF(), in.readDouble());
      }
    }
  }

  /** Folds the whole journal, then says what came out. */
  public static void main(String[] arguments) {
    LowestLoss lowest = new LowestLoss();
    try (EventLog log = EventLog.open(Path.of(arguments[0]));
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(lowest).start()) {
      // After this the read model has everything that was in the journal before.
      runtime.awaitApplied(lowest.name(), log.lastSequence(), TIMEOUT);
      System.out.println("lowest loss " + lowest.lowest());
    }
  }
}
