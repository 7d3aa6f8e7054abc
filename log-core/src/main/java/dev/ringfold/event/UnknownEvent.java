// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Arrays;
import java.util.Objects;

/**
 * An event this log's types cannot decode, kept as it was stored so that it can be copied, reported
 * and decoded later by a program that knows its type.
 *
 * @param typeId numeric type id, 0 to 65,535
 * @param version schema version it was written with
 * @param raw the payload; copied in and out
 * @param reason why it was not decoded
 */
public record UnknownEvent(int typeId, int version, byte[] raw, Reason reason) implements Event {
  /** Why an event was not decoded. */
  public enum Reason {
    /** No type is registered under the id. */
    UNKNOWN_TYPE,
    /** The type is registered, but an older version of it. */
    NEWER_VERSION
  }

  /** Copies the payload. */
  public UnknownEvent {
    raw = raw.clone();
  }

  /** A copy of the payload. */
  @Override
  public byte[] raw() {
    return raw.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnknownEvent that
        && typeId == that.typeId
        && version == that.version
        && reason == that.reason
        && Arrays.equals(raw, that.raw);
  }

  @Override
  public int hashCode() {
    return Objects.hash(typeId, version, reason, Arrays.hashCode(raw));
  }

  @Override
  public String toString() {
    return "UnknownEvent[typeId="
        + typeId
        + ", version="
        + version
        + ", raw="
        + raw.length
        + " bytes, reason="
        + reason
        + "]";
  }
}
