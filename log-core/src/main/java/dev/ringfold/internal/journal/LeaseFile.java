// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.internal.io.CheckedText;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of a tailer in another process than the writer's, or of whoever copies the blobs, in
 * any process: the file {@code leases/<pid>-<nonce>}, a {@link CheckedText}. Its modification time
 * is the heartbeat, at most one a second. A reader that needs less says so with a heartbeat only,
 * one that needs more says so at once; so a reader that jumps about does not write a file with
 * every jump. It is never forced: after a power loss its process is dead.
 *
 * <pre>
 * ringfold-lease 1
 * pid &lt;n&gt;
 * host &lt;name&gt;
 * started &lt;ISO instant of the process, or -&gt;
 * segment &lt;lowest segment that is read&gt;, or: blobs all
 * crc32c &lt;8 hex&gt;
 * </pre>
 *
 * <p>While one says {@code blobs all}, no collection of blobs begins; one that had begun deletes
 * only what was given up before the lease. It holds as long as its process lives; from another
 * host, as long as its heart beats. Whoever takes one for stale deletes it before it acts, so its
 * owner finds out with {@link #isHeld}.
 *
 * <p>Where leases cannot be written (a read-only file system, no permission) reading works without
 * one, after one warning. A lease that retention deleted, since its reader was silent for longer
 * than the grace, is written again with the next heartbeat. Used by one thread.
 */
public final class LeaseFile implements ReadLease {
  /** Directory of the leases inside the store. */
  public static final String DIRECTORY = "leases";

  private static final Logger LOG = LoggerFactory.getLogger(LeaseFile.class);
  private static final String HEADER = "ringfold-lease 1";
  private static final String REMEDY = "Delete it; its reader writes a new one";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long START_TOLERANCE_SECONDS = 2;
  private static final String BLOBS = "blobs all";

  /** How long a lease on the blobs from another host may be silent: a force may take long. */
  private static final Duration BLOBS_GRACE = Duration.ofMinutes(5);

  /**
   * A lease as retention sees it.
   *
   * @param segment lowest segment needed; 0 when the file cannot be read
   * @param blobs whether it is one on the blobs, which needs no segment
   * @param stale whether its process is dead or has been silent for too long
   */
  public record Seen(String name, long segment, boolean blobs, boolean stale) {}

  private final Path file;
  private final Clock clock;
  private final AtomicBoolean warned;
  private final boolean blobs;
  private boolean usable = true;
  private boolean present;
  private boolean begun;
  private long segment;
  private long written;
  private long lastBeatNanos;

  /**
   * @param clock for heartbeats; must agree with the clock that gives files their times
   * @param warned whether it was said already that leases do not work here
   */
  LeaseFile(Path store, Clock clock, AtomicBoolean warned) {
    this(store, clock, warned, false);
  }

  private LeaseFile(Path store, Clock clock, AtomicBoolean warned, boolean blobs) {
    String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
    this.file = store.resolve(DIRECTORY).resolve(Host.pid() + "-" + nonce);
    this.clock = clock;
    this.warned = warned;
    this.blobs = blobs;
  }

  /** Writes a lease on all blobs; where that is not possible it is not held. */
  public static LeaseFile ofBlobs(Path store) {
    LeaseFile lease = new LeaseFile(store, Clock.systemUTC(), new AtomicBoolean(), true);
    lease.moveTo(0);
    return lease;
  }

  /** Whether the file was written and nobody has taken it for stale since. */
  public boolean isHeld() {
    return present && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether it was held, and is not any more. */
  public boolean isLost() {
    return begun && !isHeld();
  }

  @Override
  public void moveTo(long lowest) {
    segment = lowest;
    if (usable && (!present || lowest < written || beatIsDue())) {
      write();
    }
  }

  private boolean beatIsDue() {
    return System.nanoTime() - lastBeatNanos >= BEAT_NANOS;
  }

  private void write() {
    Instant started = Host.startOf(Host.pid());
    byte[] bytes =
        CheckedText.format(
            HEADER,
            List.of(
                "pid " + Host.pid(),
                "host " + Host.name(),
                "started " + (started == null ? "-" : started),
                blobs ? BLOBS : "segment " + segment));
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    Path directory = file.getParent();
    try {
      if (directory != null && Files.notExists(directory)) {
        StoreSecurity.ensureDirectory(directory); // A fork, say, that nobody has opened yet.
      }
      Files.deleteIfExists(temporary);
      StoreSecurity.createFile(temporary);
      Files.write(temporary, bytes);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      present = true;
      begun = true;
      written = segment;
      lastBeatNanos = System.nanoTime();
    } catch (IOException | dev.ringfold.RingfoldException e) {
      giveUp(e);
    }
  }

  @Override
  public void beat() {
    if (!present || !beatIsDue()) {
      return;
    }
    if (written != segment) {
      write();
      return;
    }
    lastBeatNanos = System.nanoTime();
    try {
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    } catch (NoSuchFileException deleted) {
      if (!blobs) { // Whoever copies blobs has to find out that some may have been deleted.
        write(); // Retention took a reader that was silent for too long for a dead one.
      }
    } catch (IOException e) {
      giveUp(e);
    }
  }

  private void giveUp(Exception cause) {
    usable = false;
    present = false;
    if (warned.compareAndSet(false, true)) {
      LOG.warn(
          "Reading without a lease, so {} will not wait for this reader: {}",
          blobs ? "the collection of blobs" : "retention",
          cause.getMessage());
    }
  }

  @Override
  public void close() {
    usable = false;
    if (!present) {
      return;
    }
    present = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Cannot delete the lease {}; it is ignored when this process has ended", file, e);
    }
  }

  /** The leases of a store; stale ones are told apart, and deleted when asked for. */
  public static List<Seen> seen(Path store, Instant now, Duration grace, boolean deleteStale) {
    List<Seen> seen = new ArrayList<>();
    Path directory = store.resolve(DIRECTORY);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        Seen lease = look(each, now, grace);
        if (lease == null) {
          continue;
        }
        seen.add(lease);
        if (lease.stale && deleteStale) {
          Files.deleteIfExists(each);
        }
      }
    } catch (NoSuchFileException absent) {
      return seen;
    } catch (IOException e) {
      throw FileFailure.of("cannot list the leases in", directory, e);
    }
    return seen;
  }

  /**
   * Whether somebody copies the blobs now, so that none may be deleted that was given up later.
   *
   * @param deleteStale has to be true for whoever deletes blobs when nobody does
   */
  public static boolean keepsBlobs(Path store, Instant now, boolean deleteStale) {
    for (Seen lease : seen(store, now, BLOBS_GRACE, false)) {
      if (lease.blobs && !lease.stale) {
        return true;
      }
      if (lease.blobs && deleteStale) {
        Path stale = store.resolve(DIRECTORY).resolve(lease.name);
        try {
          Files.deleteIfExists(stale);
        } catch (IOException e) {
          throw FileFailure.of("cannot delete", stale, e);
        }
      }
    }
    return false;
  }

  private static @Nullable Seen look(Path file, Instant now, Duration grace) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(TEMPORARY_SUFFIX)) {
      return null;
    }
    try {
      Duration silence = Duration.between(Files.getLastModifiedTime(file).toInstant(), now);
      List<String> lines = CheckedText.parse(file, HEADER, Files.readAllBytes(file), REMEDY);
      boolean here = CheckedText.value(file, lines, "host", REMEDY).equals(Host.name());
      boolean dead = here && isDead(file, lines);
      if (lines.contains(BLOBS)) {
        return new Seen(name, 0, true, here ? dead : silence.compareTo(BLOBS_GRACE) > 0);
      }
      long segment = CheckedText.number(file, lines, "segment", REMEDY);
      boolean silent = silence.compareTo(atLeastTwoBeats(grace)) > 0;
      return new Seen(name, segment, false, silent || dead);
    } catch (NoSuchFileException closed) {
      return null;
    } catch (CorruptJournalException damaged) {
      Instant beat = Files.getLastModifiedTime(file).toInstant();
      boolean silent = Duration.between(beat, now).compareTo(atLeastTwoBeats(grace)) > 0;
      return new Seen(name, 0, false, silent);
    }
  }

  /** A reader that beats once a second is not silent because the grace is shorter than that. */
  private static Duration atLeastTwoBeats(Duration grace) {
    Duration beats = Duration.ofNanos(2 * BEAT_NANOS);
    return grace.compareTo(beats) < 0 ? beats : grace;
  }

  /** Whether a process of this host has ended; of another one only its heartbeat can tell. */
  private static boolean isDead(Path file, List<String> lines) {
    long pid = CheckedText.number(file, lines, "pid", REMEDY);
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      return true;
    }
    Instant live = Host.startOf(pid);
    String started = CheckedText.value(file, lines, "started", REMEDY);
    if (live == null || started.equals("-")) {
      return false;
    }
    try {
      return Duration.between(Instant.parse(started), live).abs().toSeconds()
          >= START_TOLERANCE_SECONDS;
    } catch (DateTimeException unreadable) {
      return false;
    }
  }
}
