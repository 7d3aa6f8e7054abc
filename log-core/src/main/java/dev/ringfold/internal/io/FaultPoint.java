// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Named places where a test may stop the process: crash tests prove that a death at each of them
 * loses nothing that was acknowledged.
 *
 * <p>Without the system property {@value #PROPERTY} and without an installed hook, {@link #hit} is
 * one field read. With {@code -Dringfold.faultpoint=name} the first hit of {@code name} halts the
 * JVM with exit code {@value #HALT_STATUS} (no shutdown hooks, no flushing); {@code name:n} means
 * the n-th hit, from 1.
 *
 * <p>Thread-safe. The hook runs in the thread that hit the point and may throw, which stands for an
 * I/O failure at that place.
 */
public final class FaultPoint {
  /** System property that arms one point: {@code name} or {@code name:n}. */
  public static final String PROPERTY = "ringfold.faultpoint";

  /** Exit code of a halt, the one a shell reports after SIGKILL. */
  public static final int HALT_STATUS = 137;

  private static final List<String> NAMES =
      List.of(
          "journal.frame.beforeWrite",
          "journal.frame.afterWrite",
          "journal.force.before",
          "journal.force.after",
          "roll.beforeSegmentStart",
          "roll.afterSegmentStart",
          "roll.oldForced",
          "roll.manifestWritten",
          "roll.newForced",
          "seal.beforeTruncate",
          "seal.beforeIndex",
          "seal.afterIndex",
          "manifest.tmpWritten",
          "manifest.renamed",
          "recovery.beforeSeal",
          "recovery.afterSeal",
          "blob.tmpWritten",
          "blob.renamed",
          "blob.directoriesForced",
          "retention.beforeManifest",
          "retention.afterManifest",
          "retention.deleted",
          "position.tmpWritten",
          "position.renamed",
          "keys.tmpWritten",
          "keys.renamed",
          "index.tmpWritten",
          "index.renamed",
          "table.part.tmpWritten",
          "table.part.renamed",
          "table.commit.tmpWritten",
          "table.commit.renamed",
          "table.open.renamed",
          "table.compact.written",
          "table.compact.switched",
          "close.beforeManifest",
          "checkpoint.captured",
          "checkpoint.chunk.put",
          "checkpoint.forced",
          "checkpoint.appended",
          "checkpoint.released",
          "checkpoint.expired",
          "checkpoint.collected",
          "checkpoint.tree.tmpWritten",
          "checkpoint.tree.renamed",
          "checkpoint.commit.tmpWritten",
          "checkpoint.commit.renamed",
          "rebuild.folded",
          "rebuild.moved",
          "rebuild.adopted",
          "rebuild.switched",
          "rebuild.setAside",
          "projection.opened",
          "projection.commit.before",
          "projection.commit.after",
          "projection.refresh.after",
          "projection.reset.done",
          "projection.deadLetter.appended",
          "projection.process.acked",
          "projection.position.tmpWritten",
          "projection.position.renamed",
          "projection.snapshot.tmpWritten",
          "projection.snapshot.renamed",
          "eventIndex.tmpWritten",
          "eventIndex.renamed",
          "call.intended",
          "call.answered",
          "call.completed",
          "fork.manifestRead",
          "fork.chosen",
          "fork.linked",
          "fork.blobsLinked",
          "fork.beforeRename",
          "fork.renamed",
          "backup.framesWritten",
          "backup.blobsWritten",
          "backup.described",
          "backup.beforeRename",
          "backup.renamed",
          "backup.condemned",
          "restore.framesWritten",
          "restore.blobsWritten",
          "restore.beforeRename",
          "restore.renamed",
          "salvage.framesWritten",
          "salvage.blobsWritten",
          "salvage.beforeRename",
          "salvage.renamed");

  private static final Set<String> KNOWN = Set.copyOf(NAMES);
  private static final @Nullable Armed ARMED = Armed.parse(System.getProperty(PROPERTY));

  private static volatile @Nullable Hook hook;

  private FaultPoint() {}

  /**
   * Marks that execution has come to the place {@code name}. An unknown name throws {@link
   * AssertionError} when a hook or the property is active or assertions are enabled, so the list of
   * {@link #names()} stays complete.
   */
  public static void hit(String name) {
    assert checkKnown(name);
    if (ARMED != null || hook != null) {
      strike(name);
    }
  }

  /** All known names, so that a test can walk them. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Calls {@code consumer} with the name at every hit, in any thread, until the result is closed.
   * Only one hook may be installed at a time: a second one throws {@link IllegalStateException}.
   */
  public static synchronized Hook install(Consumer<String> consumer) {
    if (hook != null) {
      throw new IllegalStateException(
          "a fault point hook is already installed; close it before installing another");
    }
    Hook installed = new Hook(consumer);
    hook = installed;
    return installed;
  }

  private static synchronized void remove(Hook installed) {
    if (hook == installed) {
      hook = null;
    }
  }

  private static void strike(String name) {
    checkKnown(name);
    Hook current = hook;
    if (current != null) {
      current.consumer.accept(name);
    }
    if (ARMED != null) {
      ARMED.strike(name);
    }
  }

  private static boolean checkKnown(String name) {
    if (!KNOWN.contains(name)) {
      throw new AssertionError(
          "unknown fault point '" + name + "'; add it to FaultPoint.NAMES, known are " + NAMES);
    }
    return true;
  }

  /** An installed hook; closing removes it. Closing twice does nothing. */
  public static final class Hook implements AutoCloseable {
    private final Consumer<String> consumer;

    private Hook(Consumer<String> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void close() {
      remove(this);
    }
  }

  /**
   * The point that the system property names; a bad value halts at the first hit with a message.
   */
  private static final class Armed {
    private final String name;
    private final long target;
    private final AtomicLong hits = new AtomicLong();

    private Armed(String name, long target) {
      this.name = name;
      this.target = target;
    }

    static @Nullable Armed parse(@Nullable String value) {
      if (value == null || value.isEmpty()) {
        return null;
      }
      int colon = value.indexOf(':');
      String name = colon < 0 ? value : value.substring(0, colon);
      long target;
      try {
        target = colon < 0 ? 1 : Long.parseLong(value.substring(colon + 1));
      } catch (NumberFormatException malformed) {
        throw new AssertionError(message(value), malformed);
      }
      if (!KNOWN.contains(name) || target < 1) {
        throw new AssertionError(message(value));
      }
      return new Armed(name, target);
    }

    private static String message(String value) {
      return "-D"
          + PROPERTY
          + "="
          + value
          + ": expected name or name:n with n >= 1 and name one of "
          + NAMES;
    }

    void strike(String hit) {
      if (name.equals(hit) && hits.incrementAndGet() == target) {
        Runtime.getRuntime().halt(HALT_STATUS);
      }
    }
  }
}
