// SPDX-License-Identifier: Apache-2.0
/**
 * The fault harness: kills, power losses, damaged files, and the checks that nothing acknowledged
 * was lost and nothing wrong was read. Start with {@link dev.ringfold.replay.crash.CrashTest};
 * bring your own events with a {@link dev.ringfold.replay.crash.Workload}.
 */
@NullMarked
package dev.ringfold.replay.crash;

import org.jspecify.annotations.NullMarked;
