// SPDX-License-Identifier: Apache-2.0
/**
 * Events and their codecs: facts in the past tense, registered under numeric ids. Start with {@link
 * dev.ringfold.event.EventType}.
 *
 * <p>An event in the journal is a header ({@link dev.ringfold.event.EventFormat}) and a payload
 * that only its codec understands. Payloads are raw bytes, little-endian and without padding; no
 * class is ever named in them or created from them. A string is its UTF-8 length as 4 bytes, then
 * the bytes. The layouts of the built-in events are in the Javadoc of their records, that of a
 * metrics row in {@link dev.ringfold.event.MetricsCodec}.
 *
 * <p>A type and a version, once written, keep their layout for good: a change is a new version with
 * an {@link dev.ringfold.event.Upcaster} from the one before. What a program does not know, an
 * unregistered type or a newer version, it reads as {@link dev.ringfold.event.UnknownEvent} and can
 * copy unchanged.
 *
 * <p>This package knows neither ring nor journal nor files.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.event;
