// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A session began.
 *
 * <pre>
 * offset size payload
 *      0    4 session  number of the open, from 1
 *      4    . version  string, version of the program
 *      .    . host     string, empty when unknown
 * </pre>
 */
public record LogOpened(int session, String version, String host) implements Event {}
