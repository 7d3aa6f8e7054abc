// SPDX-License-Identifier: Apache-2.0
/**
 * Backups of a store: taken while it is written, verified by opening what they restore, restored to
 * any sequence as a store with an identity of its own. Start with {@link
 * dev.ringfold.replay.backup.Backups}.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.replay.backup;
