// SPDX-License-Identifier: Apache-2.0
/**
 * Where in the log the events of a type, a stream or a tag are: a projection that writes it down,
 * and a reader that says which sequences are worth reading. The index is a hint that leaves nothing
 * out: whoever uses it looks at the events themselves.
 */
@NullMarked
package dev.ringfold.projections.index;

import org.jspecify.annotations.NullMarked;
