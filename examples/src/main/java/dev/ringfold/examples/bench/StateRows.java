// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import dev.ringfold.examples.bench.checkpoints.StateClass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rows about quantum states in files: time, and bytes. */
final class StateRows {
  private static final String OURS = CheckpointKind.RINGFOLD.label();
  private static final String VECTOR = "plain file";
  private static final String PUBLISHED = "published";
  private static final String PERCENT = "% less";

  private static final double QMS_MILLIS = 5;
  private static final double HDF5_MILLIS = 10;
  private static final double JSON_MILLIS = 50;

  /** The published figures of the Quantum Memory: of state vectors, and of everything else. */
  private static final double PUBLISHED_VECTOR = 68;

  private static final double PUBLISHED_CLASSICAL_FROM = 60;
  private static final double PUBLISHED_CLASSICAL_TO = 80;
  private static final double NANOS_PER_MILLI = 1e6;

  private StateRows() {}

  static List<Row<CheckpointSession>> rows() {
    return List.of(
        new Row<>(
            "states", "a random state to a file and back, both checksums checked", StateRows::time),
        new Row<>(
            "compression",
            "1 - stored / raw for each class of state, in files and in the store",
            StateRows::compression));
  }

  private static List<RowResult> time(CheckpointSession session)
      throws IOException, NotRunException {
    Call call =
        CheckpointSession.call("states")
            .with("qubits", session.scale().qubits())
            .with("repeats", session.scale().repeats());
    Results results =
        session.interleave(
            "states",
            List.of(
                Contender.of(CheckpointKind.RINGFOLD, call),
                new Contender(
                    VECTOR, CheckpointKind.RAW_ZSTD, new Call("vector", call.arguments()))));
    return new Lines(results)
        .atMost("states.qms.load", millis("qmsLoadNanos"), OURS, QMS_MILLIS)
        .atMost("states.hdf5.load", millis("hdf5LoadNanos"), OURS, HDF5_MILLIS)
        .atMost("states.json.load", millis("jsonLoadNanos"), OURS, JSON_MILLIS)
        .printed("states.plain.load", millis("loadNanos"), VECTOR)
        .printed("states.qms.write", millis("qmsWriteNanos"), OURS)
        .printed("states.hdf5.write", millis("hdf5WriteNanos"), OURS)
        .printed("states.json.write", millis("jsonWriteNanos"), OURS)
        .printed("states.plain.write", millis("writeNanos"), VECTOR)
        .toList();
  }

  private static Measure millis(String nanos) {
    return new Measure("ms", figures -> figures.get(nanos) / NANOS_PER_MILLI);
  }

  private static List<RowResult> compression(CheckpointSession session)
      throws IOException, NotRunException {
    Call call =
        CheckpointSession.call("compression").with("qubits", session.scale().compressedQubits());
    List<Contender> classes = new ArrayList<>();
    for (StateClass each : StateClass.values()) {
      classes.add(
          new Contender(each.label(), CheckpointKind.RINGFOLD, call.with("class", each.code())));
    }
    Lines lines = new Lines(session.interleaveOnce("compression", classes));
    Samples vector = Samples.of(PUBLISHED_VECTOR);
    Samples classical = Samples.of(PUBLISHED_CLASSICAL_FROM, PUBLISHED_CLASSICAL_TO);
    for (Contender each : classes) {
      String row = "compression." + each.name();
      lines
          .beside(row + ".hdf5", percent("hdf5"), each.name(), PUBLISHED, vector)
          .beside(row + ".qms", percent("qms"), each.name(), PUBLISHED, vector)
          .printed(row + ".mps", percent("mps"), each.name())
          .beside(row + ".classical", percent("classical"), each.name(), PUBLISHED, classical);
    }
    return lines.toList();
  }

  private static Measure percent(String figure) {
    return new Measure(PERCENT, figures -> figures.get(figure));
  }
}
