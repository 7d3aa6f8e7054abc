// SPDX-License-Identifier: Apache-2.0
/** What the journal thread remembers to decide idempotency keys and expectations. */
@org.jspecify.annotations.NullMarked
package dev.ringfold.internal.keys;
