// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Talks to the process that runs a store's projections, from another one, through files in the
 * store's directory {@code control/}. Any thread. It never blocks that process's producers.
 */
public final class ProjectionControl {
  private static final long POLL_NANOS = 20_000_000L;
  private static final long ALIVE_NANOS = 1_000_000_000L;

  private ProjectionControl() {}

  /**
   * Whether a projection waits until it is resumed, also after a restart of its process.
   *
   * @param store the store's directory
   */
  public static boolean isPaused(Path store, String projection) {
    return new ControlFiles(store).isPaused(projection);
  }

  /**
   * Sends an order and waits until it is carried out.
   *
   * @param store the store's directory
   * @throws ProjectionFailedException when it was refused, with the reason, or when nobody answered
   *     in time; then it is withdrawn
   */
  public static void send(Path store, ControlRequest request, Duration timeout) {
    ControlFiles files = new ControlFiles(store);
    String id = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    files.send(id, request);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      if (files.answer(id, ControlFiles.DONE) != null) {
        files.delete(id, ControlFiles.DONE);
        return;
      }
      String refusal = files.answer(id, ControlFiles.FAILED);
      if (refusal != null) {
        files.delete(id, ControlFiles.FAILED);
        throw new ProjectionFailedException(refusal);
      }
      if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
        throw unanswered(files, id, store, timeout);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Sends an order that may take long, such as a rebuild, and waits until it is carried out.
   *
   * @param store the store's directory
   * @param untilTaken how long to wait until a process takes it
   * @param alive whether that process still runs; asked now and then
   * @return false when nobody took it in time; then it is withdrawn
   * @throws ProjectionFailedException when it was refused, with the reason, or when the process
   *     ended before it was carried out
   */
  public static boolean sendLong(
      Path store, ControlRequest request, Duration untilTaken, BooleanSupplier alive) {
    ControlFiles files = new ControlFiles(store);
    String id = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    files.send(id, request);
    long sentNanos = System.nanoTime();
    long askedNanos = sentNanos;
    boolean taken = false;
    while (true) {
      if (files.answer(id, ControlFiles.DONE) != null) {
        files.delete(id, ControlFiles.DONE);
        return true;
      }
      String refusal = files.answer(id, ControlFiles.FAILED);
      if (refusal != null) {
        files.delete(id, ControlFiles.FAILED);
        throw new ProjectionFailedException(refusal);
      }
      long now = System.nanoTime();
      taken = taken || !files.isWaiting(id);
      if (!taken && now - sentNanos >= untilTaken.toNanos()) {
        if (files.delete(id, ControlFiles.REQUEST)) {
          return false;
        }
        taken = true; // In this moment.
      }
      if (now - askedNanos >= ALIVE_NANOS) {
        askedNanos = now;
        if (!alive.getAsBoolean() && files.answer(id, ControlFiles.DONE) == null) {
          throw new ProjectionFailedException(
              "The process that took the order ended before it was carried out. Send it again: a"
                  + " rebuild goes on where it was");
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw unanswered(files, id, store, untilTaken);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static ProjectionFailedException unanswered(
      ControlFiles files, String id, Path store, Duration timeout) {
    boolean withdrawn = files.delete(id, ControlFiles.REQUEST);
    return new ProjectionFailedException(
        withdrawn
            ? "Nobody took the order within "
                + timeout
                + ": no process runs the projections of "
                + store
                + ". Start it, then send the order again"
            : "The order was taken, but not carried out within "
                + timeout
                + ". Look at the status");
  }

  /**
   * How the projections were when the process that runs them last looked, as JSON: an object with
   * {@code format}, {@code pid} and {@code session} of that process, {@code logTimeNanos} of the
   * look, and {@code projections}, a list of {@link ProjectionStatus}. Empty when none ever ran.
   *
   * @param store the store's directory
   */
  public static Optional<String> statusJson(Path store) {
    Path file = ControlFiles.statusFile(store);
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }
}
