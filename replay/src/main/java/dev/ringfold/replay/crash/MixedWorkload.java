// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventView;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventType;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bit of everything: single events, atomic groups, idempotency keys that come again, expectations
 * about a stream's version, blobs, a saved position, and metrics that may be dropped.
 */
public final class MixedWorkload implements Workload {
  /** The name of the tag that keyed events carry; its value is their item. */
  static final String TAG = "item";

  private static final int GROUP_SIZE = 3;
  private static final int METRICS_PER_ITEM = 16;
  private static final int BLOB_EVERY = 64;
  private static final int LARGE_BLOB_BYTES = 72 << 10;

  private long version;

  /** For the harness. */
  public MixedWorkload() {}

  @Override
  public List<EventType<?>> types() {
    return List.of(CrashEvent.TYPE);
  }

  @Override
  public void publish(Publisher publisher, long n) {
    long seed = publisher.seed();
    switch ((int) (n % 8)) {
      case 4 -> group(publisher, n, GROUP_SIZE);
      case 5 ->
          publisher.append(
              "keyed",
              CrashEvent.of(seed, n, Kind.KEYED, 0, 1),
              AppendOptions.NONE.key(seed + "-" + n).tag(TAG, Long.toString(n)));
      case 6 -> versioned(publisher, n);
      case 7 -> metrics(publisher, n, METRICS_PER_ITEM);
      default -> {
        if (n % BLOB_EVERY == 0) {
          blob(publisher, n);
        } else {
          publisher.append("single", CrashEvent.of(seed, n, Kind.SINGLE, 0, 1), AppendOptions.NONE);
        }
      }
    }
  }

  /** An atomic group of events. */
  static void group(Publisher publisher, long n, int size) {
    List<CrashEvent> group = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      group.add(CrashEvent.of(publisher.seed(), n, Kind.GROUP, i, size));
    }
    publisher.appendGroup("groups", group, AppendOptions.NONE);
  }

  /** Rows that may be dropped. */
  static void metrics(Publisher publisher, long n, int rows) {
    for (int i = 0; i < rows; i++) {
      publisher.offerMetrics("metrics", n * rows + i, (double) n);
    }
  }

  /** Nobody else writes to the stream, so a conflict only tells the version after a restart. */
  private void versioned(Publisher publisher, long n) {
    AppendOutcome outcome = appendVersion(publisher, n);
    if (outcome instanceof AppendOutcome.VersionConflict conflict) {
      version = conflict.actual();
      outcome = appendVersion(publisher, n);
    }
    if (!outcome.isStored()) {
      throw new IllegalStateException("the stream's version is not what the log said: " + outcome);
    }
    version++;
  }

  private AppendOutcome appendVersion(Publisher publisher, long n) {
    return publisher.appendAndAwait(
        "versioned",
        CrashEvent.of(publisher.seed(), n, Kind.VERSIONED, version, 1),
        AppendOptions.NONE.expectVersion(version));
  }

  private static void blob(Publisher publisher, long n) {
    try (BlobSet set = publisher.log().blobs().begin("crash-" + n)) {
      byte[] bytes = CrashEvent.bodyOf(publisher.seed(), n, 0);
      // Large ones have a file of their own.
      boolean large = n % (2 * BLOB_EVERY) == 0;
      BlobRef ref = set.put(large ? Arrays.copyOf(bytes, LARGE_BLOB_BYTES) : bytes);
      set.force();
      CrashEvent event = new CrashEvent(publisher.seed(), n, Kind.BLOB, 0, 1, ref.id().bytes());
      publisher.appendAndAwait("blobs", event, AppendOptions.NONE);
      publisher.log().positions().save("crash", n, false);
    }
  }

  @Override
  public Check check(long seed) {
    return new Checks(seed);
  }

  private static final class Checks implements Check {
    private final long seed;
    private final Set<Long> keyed = new HashSet<>();
    private long version;
    private long groupItem = -1;
    private long groupNext;

    Checks(long seed) {
      this.seed = seed;
    }

    @Override
    public @Nullable String problem(EventView view, Event event) {
      if (!(event instanceof CrashEvent crash)) {
        return groupNext == 0 ? null : "item " + groupItem + " has lost the rest of its group";
      }
      if (crash.seed() != seed || !crash.isGenuine()) {
        return "item " + crash.n() + " is not what was published";
      }
      if (groupNext != 0 && (crash.kind() != Kind.GROUP || crash.index() != groupNext)) {
        return "item " + groupItem + " has lost the rest of its group";
      }
      return switch (crash.kind()) {
        case GROUP -> group(crash);
        case KEYED -> keyed.add(crash.n()) ? null : "key of item " + crash.n() + " is there twice";
        case VERSIONED ->
            crash.index() == version++
                ? null
                : "version " + crash.index() + " of its stream stands at " + (version - 1);
        default -> null;
      };
    }

    private @Nullable String group(CrashEvent crash) {
      if (groupNext == 0 && crash.index() != 0) {
        return "item " + crash.n() + " has lost the head of its group";
      }
      groupItem = crash.n();
      groupNext = crash.index() + 1 == crash.size() ? 0 : crash.index() + 1;
      return null;
    }
  }
}
