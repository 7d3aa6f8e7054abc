// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.event.Event;
import dev.ringfold.event.StreamKey;
import java.time.Instant;

/**
 * One event, to keep.
 *
 * @param sequence its place in the log
 * @param logTime when the log wrote it
 * @param eventTime the caller's clock
 * @param typeId its type
 * @param schemaVersion version of its payload
 * @param stream what it belongs to
 * @param event its content; an {@link dev.ringfold.event.UnknownEvent} when no type decodes it
 */
public record ReplayedEvent(
    long sequence,
    Instant logTime,
    Instant eventTime,
    int typeId,
    int schemaVersion,
    StreamKey stream,
    Event event) {}
