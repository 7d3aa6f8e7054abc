// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code demo}: a crash in the middle of training, and what is left. Start with {@link
 * dev.ringfold.examples.demo.DemoCommand}.
 */
@NullMarked
package dev.ringfold.examples.demo;

import org.jspecify.annotations.NullMarked;
