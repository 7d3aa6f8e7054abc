// SPDX-License-Identifier: Apache-2.0
/**
 * The file system as the journal needs it: durable files, locks, preallocation, checks and fault
 * points. Knows nothing of frames or events. Start with {@link
 * dev.ringfold.internal.io.DurableFile}; the order at an open is {@link
 * dev.ringfold.internal.io.JvmFlags}, {@link dev.ringfold.internal.io.StoreSecurity}, {@link
 * dev.ringfold.internal.io.StoreLock}, {@link dev.ringfold.internal.io.CounterFile}.
 */
@NullMarked
package dev.ringfold.internal.io;

import org.jspecify.annotations.NullMarked;
