// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

/**
 * What a garbage collection did.
 *
 * @param blobs single blobs deleted
 * @param packs packs deleted whole
 * @param repacked packs whose live entries were copied and which were then deleted
 * @param bytesFreed bytes of all deleted files, less the bytes of new packs
 * @param bytesCopied bytes of live entries copied into new packs
 * @param keptReferenced single blobs and packs kept because something refers to them
 * @param keptRegistered single blobs and packs kept because a set that is not released names them,
 *     or because a backup or a fork is being made
 * @param keptYoung single blobs and packs kept because of their age alone
 * @param keptDamaged packs kept because they are damaged
 * @param postponed packs left for the next run by the limit on copying
 */
public record GcReport(
    long blobs,
    long packs,
    long repacked,
    long bytesFreed,
    long bytesCopied,
    long keptReferenced,
    long keptRegistered,
    long keptYoung,
    long keptDamaged,
    long postponed) {}
