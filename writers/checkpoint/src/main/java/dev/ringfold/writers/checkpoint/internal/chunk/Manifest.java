// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobRef;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The list of a checkpoint's or a state's tensors, itself a blob. The event that commits it names
 * this blob, and this blob names the others. Little-endian, without padding; a string is the length
 * of its UTF-8 bytes (u32) and the bytes:
 *
 * <pre>
 * offset size field
 *      0    8 magic     "RFTENSOR"
 *      8    4 version   1
 *     12    4 tensors   n, at most 65,536
 *     16    . metadata  string, canonical JSON, at most 16 MiB
 *   n times, in ascending order of group and name:
 *      .    . group     string
 *      .    . name      string
 *      .    1 dtype     code of the element type
 *      .    1 compressor  code
 *      .    1 level
 *      .    1 shuffle   1 or 0
 *      .    1 dimensions  d
 *      .  8*d shape
 *      .  8*d chunkShape
 *      .    4 chunks    m, what the two shapes say; m times:
 *                32 blob       SHA-256 of the chunk as it is stored
 *                 8 length     of it
 *                32 rawSha256  SHA-256 of the chunk's elements with padding
 *      .    4 crc32c    of all bytes before
 * </pre>
 *
 * @param version of the layout, {@link #VERSION}
 * @param metadata canonical JSON
 * @param tensors in ascending order of group and name, each once
 */
public record Manifest(int version, String metadata, List<StoredTensor> tensors) {
  /** The version written. */
  public static final int VERSION = 1;

  /** Most tensors. */
  public static final int MAX_TENSORS = 65_536;

  /** Most bytes of the metadata's UTF-8: 16 MiB. */
  public static final int MAX_METADATA_BYTES = 16 << 20;

  /** Most chunks of all tensors, so that a blob set can name them with the manifest. */
  public static final int MAX_CHUNKS = (1 << 20) - 1;

  /** Most bytes of a manifest: 256 MiB. */
  public static final int MAX_BYTES = 256 << 20;

  /** Checks the limits and the order. */
  public Manifest {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "The manifest's version must be " + VERSION + " but was " + version);
    }
    Objects.requireNonNull(metadata, "metadata");
    tensors = List.copyOf(tensors);
    if (tensors.size() > MAX_TENSORS) {
      throw new IllegalArgumentException(
          "At most "
              + MAX_TENSORS
              + " tensors are stored together but these are "
              + tensors.size());
    }
    long chunks = 0;
    for (int i = 0; i < tensors.size(); i++) {
      chunks += tensors.get(i).chunks().size();
      if (i > 0 && compare(tensors.get(i - 1), tensors.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "The tensors are not in ascending order, or one is there twice: "
                + tensors.get(i - 1)
                + " comes before "
                + tensors.get(i));
      }
    }
    if (chunks > MAX_CHUNKS) {
      throw new IllegalArgumentException(
          "At most " + MAX_CHUNKS + " chunks are stored together but these are " + chunks);
    }
  }

  /** The manifest of these tensors, given in any order. */
  public static Manifest of(String metadata, List<StoredTensor> tensors) {
    return new Manifest(VERSION, metadata, tensors.stream().sorted(Manifest::compare).toList());
  }

  private static int compare(StoredTensor a, StoredTensor b) {
    int order = a.group().compareTo(b.group());
    return order == 0 ? a.name().compareTo(b.name()) : order;
  }

  /** The blobs it names, each once. */
  public Set<BlobRef> blobs() {
    Set<BlobRef> refs = new LinkedHashSet<>();
    tensors.forEach(tensor -> tensor.chunks().forEach(chunk -> refs.add(chunk.blob())));
    return refs;
  }

  /** The groups its tensors are in, in ascending order. */
  public Set<String> groups() {
    Set<String> groups = new LinkedHashSet<>();
    tensors.forEach(tensor -> groups.add(tensor.group()));
    return groups;
  }

  /** Bytes of all elements. */
  public long rawBytes() {
    return tensors.stream().mapToLong(StoredTensor::rawBytes).sum();
  }

  /** Bytes of the blobs it names, each once. */
  public long storedBytes() {
    long bytes = 0;
    Set<BlobRef> seen = new HashSet<>();
    for (StoredTensor tensor : tensors) {
      for (StoredChunk chunk : tensor.chunks()) {
        bytes += seen.add(chunk.blob()) ? chunk.blob().length() : 0;
      }
    }
    return bytes;
  }

  /** Its bytes in the layout above. */
  public byte[] encode() {
    return ManifestBytes.encode(this);
  }

  /**
   * Reads a manifest from the buffer's remaining bytes.
   *
   * @param where names the blob in messages
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when the bytes are none
   */
  public static Manifest decode(ByteBuffer bytes, String where) {
    return ManifestBytes.decode(bytes, where);
  }
}
