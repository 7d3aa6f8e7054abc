// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.ForkOrigin;
import dev.ringfold.LogNames;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.internal.io.StoreSecurity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The surroundings of one projection; its tailer changes with each beginning. */
final class WorkerContext implements ProjectionContext {
  private final String storeId;
  private final @Nullable ForkOrigin origin;
  private final Path outputs;
  private final Path snapshots;
  private @Nullable Tailer tailer;
  private @Nullable LogNames names;
  private long consuming = -1;

  /**
   * @param origin where the store was forked from
   * @param outputs where outputs lie; made when it is missing
   * @param snapshots of all projections; made when it is missing
   */
  WorkerContext(
      String storeId,
      @Nullable ForkOrigin origin,
      Path outputs,
      Path snapshots,
      String projection) {
    this.storeId = storeId;
    this.origin = origin;
    this.outputs = outputs;
    this.snapshots = snapshots.resolve(projection);
  }

  void ensureDirectories() {
    StoreSecurity.ensureDirectory(outputs);
    Path parent = snapshots.getParent();
    if (parent != null) {
      StoreSecurity.ensureDirectory(parent);
    }
  }

  void reads(@Nullable Tailer newTailer) {
    tailer = newTailer;
    names = newTailer == null ? null : newTailer.names();
  }

  void consuming(long sequence) {
    consuming = sequence;
  }

  @Override
  public String storeId() {
    return storeId;
  }

  @Override
  public @Nullable ForkOrigin forkedFrom() {
    return origin;
  }

  @Override
  public Path outputs() {
    return outputs;
  }

  @Override
  public Path snapshots() {
    return snapshots;
  }

  @Override
  public LogNames names() {
    LogNames current = names;
    if (current == null) {
      throw new IllegalStateException("names are known only while events are applied");
    }
    return current;
  }

  @Override
  public long consuming() {
    return consuming;
  }

  @Override
  public Event decode(EventView event) {
    Tailer current = tailer;
    if (current == null) {
      throw new IllegalStateException("events are decoded only while they are applied");
    }
    return current.decode(event);
  }
}
