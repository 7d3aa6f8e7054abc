// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.List;

/**
 * The types every log knows. Ids and payload layouts are stored and never change; each record's
 * Javadoc holds its layout, little-endian and without padding, where a string is its UTF-8 length
 * as 4 bytes and then the bytes.
 */
public final class BuiltinTypes {
  /** A row of metrics. */
  public static final EventType<MetricsLogged> METRICS_LOGGED =
      EventType.reserved(1, "MetricsLogged", MetricsLogged.class, new MetricsCodec())
          .delivery(Delivery.LOSSY)
          .build();

  /** Events that were not stored. */
  public static final EventType<DropsObserved> DROPS_OBSERVED =
      of(2, "DropsObserved", DropsObserved.class, BuiltinCodecs.DROPS_OBSERVED);

  /** Account of one producer. */
  public static final EventType<LedgerMark> LEDGER_MARK =
      of(3, "LedgerMark", LedgerMark.class, BuiltinCodecs.LEDGER_MARK);

  /** Time passed. */
  public static final EventType<ClockTicked> CLOCK_TICKED =
      of(4, "ClockTicked", ClockTicked.class, BuiltinCodecs.CLOCK_TICKED);

  /** Old segments were deleted. */
  public static final EventType<RetentionApplied> RETENTION_APPLIED =
      of(5, "RetentionApplied", RetentionApplied.class, BuiltinCodecs.RETENTION_APPLIED);

  /** Health went from one state to another. */
  public static final EventType<HealthChanged> HEALTH_CHANGED =
      of(6, "HealthChanged", HealthChanged.class, BuiltinCodecs.HEALTH_CHANGED);

  /** The store was opened after a crash. */
  public static final EventType<RecoveryCompleted> RECOVERY_COMPLETED =
      of(7, "RecoveryCompleted", RecoveryCompleted.class, BuiltinCodecs.RECOVERY_COMPLETED);

  /** Unreferenced blobs were deleted. */
  public static final EventType<BlobsCollected> BLOBS_COLLECTED =
      of(8, "BlobsCollected", BlobsCollected.class, BuiltinCodecs.BLOBS_COLLECTED);

  /** A session began. */
  public static final EventType<LogOpened> LOG_OPENED =
      of(9, "LogOpened", LogOpened.class, BuiltinCodecs.LOG_OPENED);

  /** A session ended in order. */
  public static final EventType<LogClosed> LOG_CLOSED =
      of(10, "LogClosed", LogClosed.class, BuiltinCodecs.LOG_CLOSED);

  /** A logger began a run, or an attempt at one. */
  public static final EventType<RunStarted> RUN_STARTED =
      of(11, "RunStarted", RunStarted.class, ProjectionCodecs.RUN_STARTED);

  /** A logger ended in order. */
  public static final EventType<RunClosed> RUN_CLOSED =
      of(12, "RunClosed", RunClosed.class, ProjectionCodecs.RUN_CLOSED);

  /** A projection put an event aside. */
  public static final EventType<EventDeadLettered> EVENT_DEAD_LETTERED =
      of(13, "EventDeadLettered", EventDeadLettered.class, ProjectionCodecs.EVENT_DEAD_LETTERED);

  /** A dead letter is to be tried again, or dropped. */
  public static final EventType<DeadLetterResolved> DEAD_LETTER_RESOLVED =
      of(14, "DeadLetterResolved", DeadLetterResolved.class, ProjectionCodecs.DEAD_LETTER_RESOLVED);

  /** A projection goes on without an event. */
  public static final EventType<EventSkipped> EVENT_SKIPPED =
      of(15, "EventSkipped", EventSkipped.class, ProjectionCodecs.EVENT_SKIPPED);

  /** A projection works with a configuration from here on. */
  public static final EventType<ProjectionConfigured> PROJECTION_CONFIGURED =
      of(
          16,
          "ProjectionConfigured",
          ProjectionConfigured.class,
          ProjectionCodecs.PROJECTION_CONFIGURED);

  /** A table is to be rewritten into fewer parts. */
  public static final EventType<TableCompacted> TABLE_COMPACTED =
      of(17, "TableCompacted", TableCompacted.class, ProjectionCodecs.TABLE_COMPACTED);

  /** A checkpoint is whole. */
  public static final EventType<CheckpointCommitted> CHECKPOINT_COMMITTED =
      of(
          18,
          "CheckpointCommitted",
          CheckpointCommitted.class,
          CheckpointCodecs.CHECKPOINT_COMMITTED);

  /** A checkpoint is kept, or no longer. */
  public static final EventType<CheckpointPinned> CHECKPOINT_PINNED =
      of(19, "CheckpointPinned", CheckpointPinned.class, CheckpointCodecs.CHECKPOINT_PINNED);

  /** A checkpoint has a name. */
  public static final EventType<CheckpointLabelled> CHECKPOINT_LABELLED =
      of(20, "CheckpointLabelled", CheckpointLabelled.class, CheckpointCodecs.CHECKPOINT_LABELLED);

  /** A checkpoint is given up. */
  public static final EventType<CheckpointExpired> CHECKPOINT_EXPIRED =
      of(21, "CheckpointExpired", CheckpointExpired.class, CheckpointCodecs.CHECKPOINT_EXPIRED);

  /** A quantum state is whole. */
  public static final EventType<QuantumStateSaved> QUANTUM_STATE_SAVED =
      of(22, "QuantumStateSaved", QuantumStateSaved.class, CheckpointCodecs.QUANTUM_STATE_SAVED);

  /** A version of a quantum state is given up. */
  public static final EventType<QuantumStateRemoved> QUANTUM_STATE_REMOVED =
      of(
          23,
          "QuantumStateRemoved",
          QuantumStateRemoved.class,
          CheckpointCodecs.QUANTUM_STATE_REMOVED);

  /** A checkpoint or a state was written to a file. */
  public static final EventType<StateExported> STATE_EXPORTED =
      of(24, "StateExported", StateExported.class, CheckpointCodecs.STATE_EXPORTED);

  /** Stored states were compared with their checksums. */
  public static final EventType<ScrubCompleted> SCRUB_COMPLETED =
      of(25, "ScrubCompleted", ScrubCompleted.class, CheckpointCodecs.SCRUB_COMPLETED);

  /** A paid call is about to be made. */
  public static final EventType<CallIntended> CALL_INTENDED =
      of(26, "CallIntended", CallIntended.class, CallCodecs.CALL_INTENDED);

  /** A paid call came to an end. */
  public static final EventType<CallCompleted> CALL_COMPLETED =
      of(27, "CallCompleted", CallCompleted.class, CallCodecs.CALL_COMPLETED);

  /** What became of a paid call is not known. */
  public static final EventType<CallLeftOpen> CALL_LEFT_OPEN =
      of(28, "CallLeftOpen", CallLeftOpen.class, CallCodecs.CALL_LEFT_OPEN);

  /** A person found out about an open call. */
  public static final EventType<CallSettled> CALL_SETTLED =
      of(29, "CallSettled", CallSettled.class, CallCodecs.CALL_SETTLED);

  /** A fork was opened for the first time. */
  public static final EventType<ForkBegan> FORK_BEGAN =
      of(30, "ForkBegan", ForkBegan.class, BuiltinCodecs.FORK_BEGAN);

  /** Stands where an event was, in a store that was salvaged. */
  public static final EventType<EventLost> EVENT_LOST =
      of(31, "EventLost", EventLost.class, BuiltinCodecs.EVENT_LOST);

  private static final List<EventType<?>> ALL =
      List.of(
          METRICS_LOGGED,
          DROPS_OBSERVED,
          LEDGER_MARK,
          CLOCK_TICKED,
          RETENTION_APPLIED,
          HEALTH_CHANGED,
          RECOVERY_COMPLETED,
          BLOBS_COLLECTED,
          LOG_OPENED,
          LOG_CLOSED,
          RUN_STARTED,
          RUN_CLOSED,
          EVENT_DEAD_LETTERED,
          DEAD_LETTER_RESOLVED,
          EVENT_SKIPPED,
          PROJECTION_CONFIGURED,
          TABLE_COMPACTED,
          CHECKPOINT_COMMITTED,
          CHECKPOINT_PINNED,
          CHECKPOINT_LABELLED,
          CHECKPOINT_EXPIRED,
          QUANTUM_STATE_SAVED,
          QUANTUM_STATE_REMOVED,
          STATE_EXPORTED,
          SCRUB_COMPLETED,
          CALL_INTENDED,
          CALL_COMPLETED,
          CALL_LEFT_OPEN,
          CALL_SETTLED,
          FORK_BEGAN,
          EVENT_LOST);

  private BuiltinTypes() {}

  /** All of them, by ascending id. */
  public static List<EventType<?>> all() {
    return ALL;
  }

  private static <E extends Event> EventType<E> of(
      int id, String name, Class<E> eventClass, EventCodec<E> codec) {
    return EventType.reserved(id, name, eventClass, codec).build();
  }
}
