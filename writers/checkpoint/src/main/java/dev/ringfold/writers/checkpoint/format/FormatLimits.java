// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

/**
 * What a reader of foreign files accepts at most. A file over a limit is refused by a {@link
 * FormatException} that names the limit.
 *
 * @param maxFileBytes of the file as it is stored
 * @param maxTotalBytes of all arrays in memory
 * @param maxHeaderBytes of a header, a JSON document or an attribute
 * @param maxEntries arrays, archive entries, attributes or objects in one file
 * @param maxDepth of nested JSON values and of nested groups
 * @param maxRatio decompressed bytes for each compressed one, as soon as there are more than {@link
 *     #FREE_BYTES} of them
 */
public record FormatLimits(
    long maxFileBytes,
    long maxTotalBytes,
    int maxHeaderBytes,
    int maxEntries,
    int maxDepth,
    int maxRatio) {
  /** Decompressed bytes that are nobody's bomb: 64 MiB. */
  public static final long FREE_BYTES = 64L << 20;

  /** 64 GiB files, 16 GiB arrays, 64 MiB headers, 65,536 entries, depth 64, ratio 100. */
  public static final FormatLimits DEFAULT =
      new FormatLimits(64L << 30, 16L << 30, 64 << 20, 65_536, 64, 100);

  /** Checks that every limit allows something. */
  public FormatLimits {
    if (maxFileBytes < 1
        || maxTotalBytes < 1
        || maxHeaderBytes < 1
        || maxEntries < 1
        || maxDepth < 1
        || maxRatio < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /** These limits with another most for all arrays in memory, in bytes. */
  public FormatLimits withMaxTotalBytes(long bytes) {
    return new FormatLimits(maxFileBytes, bytes, maxHeaderBytes, maxEntries, maxDepth, maxRatio);
  }

  /** These limits with another most for the file, in bytes. */
  public FormatLimits withMaxFileBytes(long bytes) {
    return new FormatLimits(bytes, maxTotalBytes, maxHeaderBytes, maxEntries, maxDepth, maxRatio);
  }

  /** These limits with another most for compression. */
  public FormatLimits withMaxRatio(int ratio) {
    return new FormatLimits(
        maxFileBytes, maxTotalBytes, maxHeaderBytes, maxEntries, maxDepth, ratio);
  }
}
