// SPDX-License-Identifier: Apache-2.0
/**
 * JMH benchmarks of the log's parts, one thread, everything in the processor's caches: what an
 * event costs where no disk is involved. Start with {@link dev.ringfold.examples.jmh.Parts}.
 */
@NullMarked
package dev.ringfold.examples.jmh;

import org.jspecify.annotations.NullMarked;
