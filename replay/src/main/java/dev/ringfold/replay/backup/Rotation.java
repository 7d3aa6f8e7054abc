// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which backups may be deleted. A full one goes only with all that continue it, and the newest
 * chain never. Stateless.
 */
final class Rotation {
  /** Says which of the chains go. */
  interface Rule {
    List<Backup> going(List<List<Backup>> chains);
  }

  private Rotation() {}

  /** Full backups with what continues them, oldest first. */
  static List<List<Backup>> chains(List<Backup> backups) {
    List<List<Backup>> chains = new ArrayList<>();
    Map<String, List<Backup>> byMember = new HashMap<>();
    for (Backup backup : backups) {
      String parent = backup.parent();
      List<Backup> chain = parent == null ? null : byMember.get(parent);
      if (chain == null) {
        chain = new ArrayList<>();
        chains.add(chain);
      }
      chain.add(backup);
      byMember.put(backup.id(), chain);
    }
    return chains;
  }

  /** The oldest chains, as long as this many backups stay. */
  static List<Backup> beyond(List<List<Backup>> chains, int count) {
    int left = chains.stream().mapToInt(List::size).sum();
    List<Backup> going = new ArrayList<>();
    for (List<Backup> chain : chains.subList(0, Math.max(0, chains.size() - 1))) {
      if (left - chain.size() < count) {
        break;
      }
      left -= chain.size();
      going.addAll(chain);
    }
    return going;
  }

  /** The chains whose newest backup was taken before a time. */
  static List<Backup> before(List<List<Backup>> chains, Instant time) {
    List<Backup> going = new ArrayList<>();
    for (List<Backup> chain : chains.subList(0, Math.max(0, chains.size() - 1))) {
      if (chain.get(chain.size() - 1).created().isBefore(time)) {
        going.addAll(chain);
      }
    }
    return going;
  }
}
