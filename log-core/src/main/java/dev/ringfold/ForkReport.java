// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.nio.file.Path;

/**
 * What a fork is and what it took.
 *
 * @param store the fork's directory
 * @param storeId its id, 32 hexadecimal digits
 * @param parentStoreId the id of the store it was forked from
 * @param sequence the last event they share
 * @param name what it was called, may be empty
 * @param segments segments of the journal that it has
 * @param segmentsCopied how many of these had to be copied, since they cannot be linked
 * @param bytesShared bytes of journal and blobs that are on the disk once, for both
 * @param bytesCopied bytes that had to be copied
 * @param blobsLinked files with blobs that it shares with its parent, or had to copy
 */
public record ForkReport(
    Path store,
    String storeId,
    String parentStoreId,
    long sequence,
    String name,
    int segments,
    long segmentsCopied,
    long bytesShared,
    long bytesCopied,
    long blobsLinked) {}
