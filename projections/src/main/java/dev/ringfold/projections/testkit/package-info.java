// SPDX-License-Identifier: Apache-2.0
/**
 * Tests that every projection passes: extend {@link
 * dev.ringfold.projections.testkit.ProjectionContract}. Needs JUnit Jupiter, which a test has.
 */
@NullMarked
package dev.ringfold.projections.testkit;

import org.jspecify.annotations.NullMarked;
