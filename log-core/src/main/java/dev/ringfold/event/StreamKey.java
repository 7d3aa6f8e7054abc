// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * The context events of one stream share: its name (of a run, for metrics) and who it belongs to.
 * Each part is at most {@link #MAX_NAME_LENGTH} bytes of UTF-8 without control characters.
 *
 * @param name not empty
 * @param space security domain, or empty
 * @param actor who acts, or empty
 * @param device where, or empty
 */
public record StreamKey(String name, String space, String actor, String device) {
  /** Most bytes of each part in UTF-8. */
  public static final int MAX_NAME_LENGTH = 1_024;

  /** The stream of the log's own events; it always has id 0. */
  public static final StreamKey LOG = new StreamKey("$log", "", "", "");

  /** Checks the parts. */
  public StreamKey {
    Names.check("The name of a stream", name, 1, MAX_NAME_LENGTH);
    Names.check("The space of a stream", space, 0, MAX_NAME_LENGTH);
    Names.check("The actor of a stream", actor, 0, MAX_NAME_LENGTH);
    Names.check("The device of a stream", device, 0, MAX_NAME_LENGTH);
  }

  /** A stream without space, actor and device. */
  public static StreamKey of(String name) {
    return new StreamKey(name, "", "", "");
  }
}
