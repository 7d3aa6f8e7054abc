// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.nio.file.Path;

/**
 * Something about an output that is not as it should be.
 *
 * @param file the file meant
 * @param problem what was expected and found, and what to do
 */
public record OutputProblem(Path file, String problem) {}
