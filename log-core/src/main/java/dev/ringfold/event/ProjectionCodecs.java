// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** Codecs of the facts about runs and projections; the layouts are in the records' Javadoc. */
final class ProjectionCodecs {
  static final EventCodec<RunStarted> RUN_STARTED =
      EventCodec.of(
          (event, out) -> {
            out.putInt(event.attempt());
            out.putString(event.configuration());
          },
          in -> new RunStarted(in.readInt(), in.readString()));

  static final EventCodec<RunClosed> RUN_CLOSED =
      EventCodec.of((event, out) -> out.putInt(event.attempt()), in -> new RunClosed(in.readInt()));

  static final EventCodec<EventDeadLettered> EVENT_DEAD_LETTERED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.sequence());
            out.putInt(event.attempts());
            out.putString(event.projection());
            out.putString(event.error());
            out.putString(event.stack());
          },
          in ->
              new EventDeadLettered(
                  in.readLong(), in.readInt(), in.readString(), in.readString(), in.readString()));

  static final EventCodec<DeadLetterResolved> DEAD_LETTER_RESOLVED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.sequence());
            out.putBoolean(event.retry());
            out.putString(event.projection());
          },
          in -> new DeadLetterResolved(in.readLong(), in.readBoolean(), in.readString()));

  static final EventCodec<EventSkipped> EVENT_SKIPPED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.sequence());
            out.putString(event.projection());
            out.putString(event.reason());
          },
          in -> new EventSkipped(in.readLong(), in.readString(), in.readString()));

  static final EventCodec<ProjectionConfigured> PROJECTION_CONFIGURED =
      EventCodec.of(
          (event, out) -> {
            out.putString(event.projection());
            out.putString(event.configuration());
          },
          in -> new ProjectionConfigured(in.readString(), in.readString()));

  static final EventCodec<TableCompacted> TABLE_COMPACTED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.upTo());
            out.putString(event.projection());
          },
          in -> new TableCompacted(in.readLong(), in.readString()));

  private ProjectionCodecs() {}
}
