// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration files. Start with {@link dev.ringfold.replay.config.ConfigFile}. Lives outside
 * log-core, so that an application that does not use files needs no YAML library.
 */
@NullMarked
package dev.ringfold.replay.config;

import org.jspecify.annotations.NullMarked;
