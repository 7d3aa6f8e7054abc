// SPDX-License-Identifier: Apache-2.0
/**
 * Tests that keep documents and sources true: Java blocks compile, links lead somewhere, layers and
 * source rules hold.
 */
@NullMarked
package dev.ringfold.docs;

import org.jspecify.annotations.NullMarked;
