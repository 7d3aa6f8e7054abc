// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.backup.Backup;
import java.util.List;
import java.util.Locale;

/** Backups as rows of a table and as JSON. Stateless. */
final class BackupRows {
  static final List<String> HEADINGS =
      List.of("backup", "form", "created", "events", "first", "last", "bytes");

  private BackupRows() {}

  static ObjectNode toJson(Backup backup) {
    return Json.object()
        .put("backup", backup.id())
        .put("path", backup.path().toString())
        .put("form", form(backup))
        .put("parent", backup.parent())
        .put("storeId", backup.storeId())
        .put("created", backup.created().toString())
        .put("events", backup.events())
        .put("firstSequence", backup.firstSequence())
        .put("lastSequence", backup.lastSequence())
        .put("bytes", backup.bytes());
  }

  static List<String> row(Backup backup) {
    return List.of(
        backup.id(),
        form(backup),
        backup.created().toString(),
        Long.toString(backup.events()),
        Long.toString(backup.firstSequence()),
        Long.toString(backup.lastSequence()),
        Quantities.bytes(backup.bytes()));
  }

  private static String form(Backup backup) {
    return backup.form().name().toLowerCase(Locale.ROOT);
  }
}
