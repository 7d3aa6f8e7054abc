// SPDX-License-Identifier: Apache-2.0
/**
 * What an open log tells Java Flight Recorder, in the category "Ringfold". Each event class asks an
 * instance made once whether a recording wants it, so that nothing is allocated while none does. It
 * knows nothing of the other packages.
 */
@NullMarked
package dev.ringfold.internal.jfr;

import org.jspecify.annotations.NullMarked;
