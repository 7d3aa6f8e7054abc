// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.nio.file.Path;

/**
 * Where a blob's bytes lie.
 *
 * @param path the file
 * @param offset of the first byte in it
 * @param length in bytes
 * @param packed whether the file is a pack
 */
record BlobPlace(Path path, long offset, long length, boolean packed) {}
