// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The leases of the tailers of this process, in memory. Thread-safe. */
public final class TailerRegistry {
  private final Set<Held> held = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();

  /** A tailer's lease. */
  public static final class Held implements ReadLease {
    private final TailerRegistry registry;
    private final String name;
    private volatile long segment = Long.MAX_VALUE;

    private Held(TailerRegistry registry, String name) {
      this.registry = registry;
      this.name = name;
    }

    /** A name for people. */
    public String name() {
      return name;
    }

    /** The segment it stands in; {@link Long#MAX_VALUE} before the first. */
    public long segment() {
      return segment;
    }

    @Override
    public void moveTo(long newSegment) {
      segment = newSegment;
    }

    @Override
    public void beat() {}

    @Override
    public void close() {
      registry.held.remove(this);
    }
  }

  /** A new lease that needs nothing yet. */
  public ReadLease open() {
    Held lease = new Held(this, "tailer-" + numbers.incrementAndGet());
    held.add(lease);
    return lease;
  }

  /** The leases of this moment. */
  public List<Held> held() {
    return new ArrayList<>(held);
  }
}
