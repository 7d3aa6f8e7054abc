// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * The store was opened after a session that did not close it.
 *
 * <pre>
 * offset size payload
 *      0    8 previousSession  the session that did not end
 *      8    8 lastSequence     the newest sequence found intact, or -1
 *     16    8 cutFrames        incomplete frames left behind the end
 *     24    8 cutBytes         bytes left behind the end
 *     32    . detail           string, for people
 * </pre>
 */
public record RecoveryCompleted(
    long previousSession, long lastSequence, long cutFrames, long cutBytes, String detail)
    implements Event {}
