// SPDX-License-Identifier: Apache-2.0
/**
 * SQL over the tables of a store, with DuckDB inside the process. Start with {@link
 * dev.ringfold.replay.query.TableSession}. Plain {@code java.sql}: the driver is only needed when
 * it runs. Must not know the command line.
 */
@NullMarked
package dev.ringfold.replay.query;

import org.jspecify.annotations.NullMarked;
