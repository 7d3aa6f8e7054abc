// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.replay.Finding;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.QuickVerifier;
import dev.ringfold.replay.Severity;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for damage in everything a store has: the journal with its ledger, indexes and manifest,
 * the blobs and whether all that checkpoints and quantum states name are there, and every file that
 * projections made. Changes nothing, and may run beside the process that writes. Stateless.
 */
public final class StoreCheck {
  private StoreCheck() {}

  /**
   * What was looked at besides the journal.
   *
   * @param journal the journal's report
   * @param blobs how many, or -1 when only the journal and outputs were looked at
   * @param blobBytes read of them
   * @param outputs the projections whose outputs were looked at, with the sequences of their newest
   *     commits
   * @param findings what is wrong with blobs and outputs
   */
  public record Report(
      VerifyReport journal,
      long blobs,
      long blobBytes,
      List<Output> outputs,
      List<Finding> findings) {

    /** Copies the lists. */
    public Report {
      outputs = List.copyOf(outputs);
      findings = List.copyOf(findings);
    }

    /** Whether nothing that was promised is damaged or missing. */
    public boolean intact() {
      return journal.intact()
          && findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }
  }

  /**
   * An output that was looked at.
   *
   * @param projection whose it is
   * @param sequence of its newest commit, -1 for none
   */
  public record Output(String projection, long sequence) {}

  /** Reads every byte: frames, hashes of sealed segments, blobs, and outputs. */
  public static Report full(Path store, Path outputs) throws IOException {
    return full(store, outputs, WorkProgress.NONE);
  }

  /**
   * As {@link #full(Path, Path)}.
   *
   * @param progress hears of the steps journal and blobs in bytes, and of outputs one by one
   * @throws java.util.concurrent.CancellationException when that says stop
   */
  public static Report full(Path store, Path outputs, WorkProgress progress) throws IOException {
    return run(store, outputs, JournalVerifier.verify(store, true, progress), true, progress);
  }

  /** What can be seen without reading it all: below half a second for a gigabyte. */
  public static Report quick(Path store, Path outputs) throws IOException {
    return run(store, outputs, QuickVerifier.verify(store), false, WorkProgress.NONE);
  }

  private static Report run(
      Path store, Path outputs, VerifyReport journal, boolean full, WorkProgress progress)
      throws IOException {
    List<Finding> findings = new ArrayList<>();
    List<Output> looked = new ArrayList<>();
    if (journal.storeId().isEmpty()) {
      return new Report(journal, -1, 0, looked, findings);
    }
    long blobs = -1;
    long blobBytes = 0;
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      if (full) {
        try (BlobStore read = log.blobs()) {
          long all = read.stats().bytes();
          blobBytes =
              read.verifyAll(
                  done -> progress.tell("blobs", Math.min(done, all), all),
                  damage ->
                      add(
                          findings,
                          damage.file(),
                          String.valueOf(damage.getMessage()),
                          "Restore it from a backup"));
          blobs = read.stats().blobs();
          named(log, findings);
        }
      }
      Path snapshots = store.resolve("snapshots");
      List<String> present = known.present(snapshots);
      for (String name : present) {
        progress.tell("outputs", looked.size(), present.size());
        looked.add(output(log, known.make(name), outputs, snapshots, full, findings));
      }
    }
    return new Report(journal, blobs, blobBytes, looked, findings);
  }

  /** What no event has given up has to be there. */
  private static void named(EventLogReader log, List<Finding> findings) {
    try (CheckpointReader checkpoints = CheckpointReader.open(log)) {
      Path blobs = log.directory().resolve("blobs");
      checkpoints
          .incomplete()
          .values()
          .forEach(problem -> add(findings, blobs, problem, "Restore it from a backup"));
    } catch (RingfoldException e) {
      add(findings, log.directory(), "checkpoints cannot be listed: " + e.getMessage(), "");
    }
  }

  private static Output output(
      EventLogReader log,
      Projection projection,
      Path outputs,
      Path snapshots,
      boolean full,
      List<Finding> findings)
      throws IOException {
    ProjectionContext context = OutputRebuild.closedContext(log, projection, outputs, snapshots);
    long sequence = -1;
    try {
      for (OutputProblem problem : projection.verify(context, full)) {
        add(findings, problem.file(), problem.problem(), "");
      }
      List<Position> commits = projection.committed(context);
      Optional<Position> position = OutputRebuild.standsAt(log, projection, commits);
      sequence = position.isPresent() ? position.get().sequence() : -1;
      if (!commits.isEmpty() && commits.get(0).sequence() != sequence) {
        add(
            findings,
            context.outputs(),
            "the newest commit of projection "
                + projection.name()
                + ", at sequence "
                + commits.get(0).sequence()
                + ", is of events that the journal does not have",
            "It goes back to " + sequence + " when it is opened");
      }
    } catch (IOException | RingfoldException e) {
      add(
          findings,
          outputs,
          "the output of projection " + projection.name() + " cannot be read: " + e.getMessage(),
          "Rebuild it: ringfold rebuild");
    }
    return new Output(projection.name(), sequence);
  }

  private static void add(List<Finding> findings, Path file, String text, String remedy) {
    if (findings.size() < JournalVerifier.MAX_FINDINGS) {
      findings.add(new Finding(Severity.ERROR, file, -1, -1, text, remedy));
    }
  }
}
