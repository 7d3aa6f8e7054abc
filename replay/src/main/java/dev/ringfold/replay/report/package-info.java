// SPDX-License-Identifier: Apache-2.0
/**
 * One page of HTML about a store: curves, throughput, ledger. Start with {@link
 * dev.ringfold.replay.report.ReportPage}; {@link dev.ringfold.replay.report.RunCurves} collects
 * what it shows. Must not know the command line.
 */
@NullMarked
package dev.ringfold.replay.report;

import org.jspecify.annotations.NullMarked;
