// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. Start with {@link dev.ringfold.replay.cli.Main}; a command is a picocli class
 * that a {@link dev.ringfold.replay.cli.CommandProvider} names.
 */
@NullMarked
package dev.ringfold.replay.cli;

import org.jspecify.annotations.NullMarked;
