// SPDX-License-Identifier: Apache-2.0
/** Runnable programs, one per idea, and the commands {@code demo} and {@code bench}. */
@NullMarked
package dev.ringfold.examples;

import org.jspecify.annotations.NullMarked;
