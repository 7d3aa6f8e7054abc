// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

/** What {@link BlobStore#link} made. */
public enum BlobLink {
  /** A second name of the blob's own file, which takes no space: 0400, not to be written. */
  LINKED,
  /** A file of its own, 0600 and forced. */
  COPIED
}
