// SPDX-License-Identifier: Apache-2.0
/** Events and their codecs: facts in the past tense, registered under numeric ids. */
@org.jspecify.annotations.NullMarked
package dev.ringfold.event;
