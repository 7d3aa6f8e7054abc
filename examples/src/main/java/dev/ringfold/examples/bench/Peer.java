// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Something that takes the events of the benchmark. What a peer can do besides is said by the
 * interfaces nested here. Used by one thread, except for the publishers.
 */
interface Peer {
  /** Name in the table. */
  String name();

  /** Whether {@link #replay} has something to read after the store is closed. */
  default boolean stores() {
    return true;
  }

  /** Opens an empty store in the empty directory {@code directory}. */
  Store create(Path directory, StoreOptions options) throws IOException;

  /**
   * Reads everything back and gives it to {@code checker}.
   *
   * @return nanoseconds from the first look to the last event; opening is not in it
   */
  long replay(Path directory, Checker checker) throws IOException;

  /**
   * How a store is opened.
   *
   * @param events how many events will come at most
   * @param producers how many threads will publish
   * @param inFlight takes the events of a peer that stores nothing, in its own thread
   */
  record StoreOptions(long events, int producers, Checker inFlight) {}

  /** An open store. */
  interface Store extends AutoCloseable {
    /** The handle of producer number {@code producer}; used by one thread. */
    Publisher publisher(int producer);

    /** Waits until the first {@code events} events are stored, in the page cache at least. */
    void awaitStored(long events) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** One thread's way into the store. */
  @FunctionalInterface
  interface Publisher {
    /** Publishes the event, or returns false at once when there is no room now. */
    boolean offer(BenchEvent event) throws IOException;
  }

  /** A peer that can say when an event is on disk. */
  interface Forcing extends Peer {
    /** Opens an empty store for up to {@code events} events. */
    ForcedStore createForced(Path directory, long events) throws IOException;
  }

  /** An open store whose caller waits for the disk. */
  interface ForcedStore extends AutoCloseable {
    /**
     * Stores the events {@code [from, to)} of {@code seed} with at most {@code outstanding} of them
     * unacknowledged, and returns when the last one is acknowledged.
     */
    void acknowledge(long seed, long from, long to, int outstanding) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A peer that finds an event by its number. */
  interface Seeking extends Peer {
    /** Opens a store that {@link #create} filled, for reading. */
    Seeker seeker(Path directory) throws IOException;
  }

  /** Random access to a store. */
  interface Seeker extends AutoCloseable {
    /**
     * Reads the event with the number {@code sequence} into {@code event}; false when that is one
     * of the store's own.
     */
    boolean read(long sequence, BenchEvent event) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A peer that passes everything on without looking at it. */
  interface Skimming extends Peer {
    /** Gives every event of a store to a handler that does nothing; how many there were. */
    long skim(Path directory) throws IOException;
  }

  /** A peer that can be opened again after its process was killed. */
  interface Recovering extends Peer {
    /** Opens the store that a killed process left, publishes one more event and awaits it. */
    Reopened reopen(Path directory, BenchEvent event) throws IOException;
  }

  /**
   * How long it took to come back.
   *
   * @param openNanos until the store was open
   * @param firstStoredNanos until one more event was stored
   */
  record Reopened(long openNanos, long firstStoredNanos) {}

  /** A peer whose tailers wait for events. */
  interface Tailing extends Peer {
    /** Stores {@code events} events, starts tailers that read them, and leaves all of it idle. */
    Closeable idle(Path directory, int tailers, long events, Duration timeout) throws IOException;
  }

  /** A peer that can be made to write one event at a time to the file. */
  interface Trickling extends Peer {
    /** Stores {@code events} events, each in a write of its own, and closes the store. */
    void trickle(Path directory, long seed, long events) throws IOException;
  }
}
