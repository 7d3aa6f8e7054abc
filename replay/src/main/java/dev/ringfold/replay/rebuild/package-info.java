// SPDX-License-Identifier: Apache-2.0
/**
 * Outputs made again from the journal: {@link dev.ringfold.replay.rebuild.Rebuild} puts them in
 * place, {@link dev.ringfold.replay.rebuild.RebuildCheck} compares them with those in use, {@link
 * dev.ringfold.replay.rebuild.RebuildDiff} shows what would change, {@link
 * dev.ringfold.replay.rebuild.StoreCheck} looks for damage in everything a store has.
 */
@NullMarked
package dev.ringfold.replay.rebuild;

import org.jspecify.annotations.NullMarked;
