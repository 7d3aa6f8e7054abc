// SPDX-License-Identifier: Apache-2.0
/** Content-addressed bulk bytes beside the journal. */
@org.jspecify.annotations.NullMarked
package dev.ringfold.blob;
