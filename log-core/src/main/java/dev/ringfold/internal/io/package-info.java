// SPDX-License-Identifier: Apache-2.0
/**
 * The file system as the journal needs it: durable files, locks, preallocation, checks and fault
 * points.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.internal.io;
