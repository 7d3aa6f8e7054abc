// SPDX-License-Identifier: Apache-2.0
/** The ring and the journal thread that empties it. */
@org.jspecify.annotations.NullMarked
package dev.ringfold.internal.ring;
