// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * From here on a projection works with this configuration: what it writes follows from the journal.
 *
 * <pre>
 * offset size payload
 *      0    . projection     string, its name
 *      .    . configuration  string, in the projection's own form
 * </pre>
 */
public record ProjectionConfigured(String projection, String configuration) implements Event {}
