// SPDX-License-Identifier: Apache-2.0
/**
 * Makes a new store of what is left of a damaged one. Start with {@link
 * dev.ringfold.replay.salvage.Salvage}.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.replay.salvage;
