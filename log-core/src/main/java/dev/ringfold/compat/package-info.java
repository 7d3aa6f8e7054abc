// SPDX-License-Identifier: Apache-2.0
/** Facades with the names and defaults of the seed systems. */
@org.jspecify.annotations.NullMarked
package dev.ringfold.compat;
