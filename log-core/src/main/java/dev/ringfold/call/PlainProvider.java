// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

/**
 * A provider that neither recognises a repeat nor finds a call. {@link #submit} waits for the
 * result and is called once; after a failure or a crash nobody but a person can find out what
 * became of the call, and the loop stops with {@link OutcomeUnknownException}.
 */
public non-sealed interface PlainProvider extends Provider {}
