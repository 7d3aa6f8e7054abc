// SPDX-License-Identifier: Apache-2.0
/** Apache Spark reads a metric table. */
@NullMarked
package dev.ringfold.examples.spark;

import org.jspecify.annotations.NullMarked;
