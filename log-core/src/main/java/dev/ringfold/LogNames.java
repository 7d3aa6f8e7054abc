// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.StreamKey;
import dev.ringfold.internal.journal.Dictionary;

/** The names behind the numbers in events. Ids never change their meaning. Any thread. */
public final class LogNames {
  private final Dictionary dictionary;

  LogNames(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** The interned string with this id. */
  public String name(int id) {
    return dictionary.nameAt(id);
  }

  /** The stream with this id. */
  public Stream stream(int id) {
    return new Stream(id, dictionary.streamAt(id));
  }

  /** The columns of a row of metrics. */
  public MetricLayout layout(int id) {
    return dictionary.layoutAt(id);
  }

  /** The name of a producer's handle in a session. */
  public String producer(int session, int producer) {
    return dictionary.producerNameAt(session, producer);
  }

  /** The stream of this name without context, or null when no event was ever published to it. */
  public @org.jspecify.annotations.Nullable Stream findStream(String name) {
    for (int id = 0; id < dictionary.streamCount(); id++) {
      StreamKey key = dictionary.streamAt(id);
      if (key.name().equals(name)) {
        return new Stream(id, key);
      }
    }
    return null;
  }
}
