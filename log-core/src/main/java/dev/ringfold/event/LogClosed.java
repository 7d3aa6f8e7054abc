// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A session ended in order; no event of it follows.
 *
 * <pre>
 * offset size payload
 *      0    4 session
 * </pre>
 */
public record LogClosed(int session) implements Event {}
