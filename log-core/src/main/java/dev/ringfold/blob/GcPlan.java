// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

/**
 * What a garbage collection would do now, counted without changing anything.
 *
 * @param blobs single blobs it would delete
 * @param bytes bytes of those files
 * @param packs packs it would delete whole
 * @param packBytes bytes of those packs
 * @param repacks packs less than half live, whose live entries it would copy together
 * @param repackBytes bytes it would copy for that
 * @param keptReferenced single blobs and packs kept because something refers to them
 * @param keptRegistered single blobs and packs kept because a set that is not released names them,
 *     or because a backup or a fork is being made
 * @param keptYoung single blobs and packs kept because of their age alone
 */
public record GcPlan(
    long blobs,
    long bytes,
    long packs,
    long packBytes,
    long repacks,
    long repackBytes,
    long keptReferenced,
    long keptRegistered,
    long keptYoung) {}
