// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.util.List;
import java.util.Locale;

/**
 * An order to the process that runs a store's projections. As a file:
 *
 * <pre>
 * ringfold-control 1
 * command &lt;pause|resume|reset|skip|retry|drop|compact|rebuild|rollback&gt;
 * projection &lt;name&gt;
 * sequence &lt;the event's, for compact the last one of what is compacted, or -1&gt;
 * reason &lt;one line for people, may be empty&gt;
 * crc32c &lt;8 hex&gt;
 * </pre>
 *
 * @param command what to do
 * @param projection its name
 * @param sequence the event that skip, retry and drop are about, the last one of what compact is
 *     about, else -1
 * @param reason for people, one line; only kept by skip
 */
public record ControlRequest(Command command, String projection, long sequence, String reason) {
  /** What can be ordered. */
  public enum Command {
    /** See {@link ProjectionRuntime#pause}. */
    PAUSE,
    /** See {@link ProjectionRuntime#resume}. */
    RESUME,
    /** See {@link ProjectionRuntime#reset}. */
    RESET,
    /** See {@link ProjectionRuntime#skip}. */
    SKIP,
    /** See {@link ProjectionRuntime#retry}. */
    RETRY,
    /** See {@link ProjectionRuntime#drop}. */
    DROP,
    /** See {@link ProjectionRuntime#compact}. */
    COMPACT,
    /** See {@link ProjectionRuntime#rebuild}. */
    REBUILD,
    /** See {@link ProjectionRuntime#rollBack}. */
    ROLLBACK
  }

  /** An order that names no event. */
  public static ControlRequest of(Command command, String projection) {
    return new ControlRequest(command, projection, -1, "");
  }

  /** An order about an event. */
  public static ControlRequest of(Command command, String projection, long sequence) {
    return new ControlRequest(command, projection, sequence, "");
  }

  /** The order to go on without an event. */
  public static ControlRequest skip(String projection, long sequence, String reason) {
    return new ControlRequest(Command.SKIP, projection, sequence, reason);
  }

  List<String> lines() {
    return List.of(
        "command " + command.name().toLowerCase(Locale.ROOT),
        "projection " + projection,
        "sequence " + sequence,
        "reason " + reason);
  }

  static ControlRequest parse(String command, String projection, long sequence, String reason) {
    return new ControlRequest(
        Command.valueOf(command.toUpperCase(Locale.ROOT)), projection, sequence, reason);
  }
}
