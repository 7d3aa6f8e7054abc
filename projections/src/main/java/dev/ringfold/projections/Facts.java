// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventDeadLettered;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Appends what happens to projections to the journal. Any thread. */
final class Facts implements AutoCloseable {
  /** The stream of facts about projections, and the name of the runtime's producer. */
  static final String STREAM = "ringfold.projections";

  private static final int MAX_ERROR_CHARS = 1_000;
  private static final int MAX_STACK_CHARS = 8_000;
  private static final long ACK_TIMEOUT_SECONDS = 30;

  private final EventLog log;
  private final String producerName;
  private @Nullable Producer producer;
  private @Nullable Stream stream;

  Facts(EventLog log, String producerName) {
    this.log = log;
    this.producerName = producerName;
  }

  /** Puts an event aside; when this returns the fact is on disk. */
  void deadLetter(String projection, long sequence, long consuming, int attempts, Exception cause) {
    StringWriter stack = new StringWriter();
    cause.printStackTrace(new PrintWriter(stack));
    EventDeadLettered fact =
        new EventDeadLettered(
            sequence,
            attempts,
            projection,
            text(cause.toString(), MAX_ERROR_CHARS),
            text(stack.toString(), MAX_STACK_CHARS));
    store(fact, projection + "/" + sequence + "/" + consuming);
  }

  /** Stores a fact once; when this returns it is on disk. */
  void store(Event fact, String key) {
    AppendOutcome outcome = await(append(fact, AppendOptions.NONE.key(key)), fact);
    // Another payload under the same key is the same fact: only its text differs.
    if (!outcome.isStored()
        && !(outcome instanceof AppendOutcome.KeyConflict)
        && !(outcome instanceof AppendOutcome.KeyWindowExpired)) {
      throw new RingfoldException("The log refused the fact " + fact + ": " + outcome);
    }
  }

  private synchronized CompletableFuture<AppendOutcome> append(Event fact, AppendOptions options) {
    Producer current = producer;
    Stream target = stream;
    if (current == null || target == null) {
      current = log.producer(producerName);
      target = log.stream(STREAM);
      producer = current;
      stream = target;
    }
    try {
      return current.append(target, fact, AckLevel.DISK, options);
    } finally {
      current.handOver();
    }
  }

  private static AppendOutcome await(CompletableFuture<AppendOutcome> outcome, Event fact) {
    try {
      return outcome.get(ACK_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RingfoldException known) {
        throw known;
      }
      throw new RingfoldException("The fact " + fact + " could not be stored", e.getCause());
    } catch (TimeoutException e) {
      throw new RingfoldException(
          "The fact " + fact + " was not on disk within " + ACK_TIMEOUT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriveStopped();
    }
  }

  /** Cut, and without halves of surrogate pairs, which the journal refuses. */
  private static String text(String text, int maxChars) {
    String cut = text.length() <= maxChars ? text : text.substring(0, maxChars);
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      producer.close();
      producer = null;
    }
  }
}
