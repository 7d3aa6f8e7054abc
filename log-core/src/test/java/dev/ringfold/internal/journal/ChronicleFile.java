// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/** Writes and reads real Chronicle files the way the log does. */
final class ChronicleFile implements AutoCloseable {
  private final ChronicleQueue queue;
  private final ExcerptAppender appender;

  ChronicleFile(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    queue = queue(folder);
    appender = queue.createAppender();
  }

  private static ChronicleQueue queue(Path folder) {
    return SingleChronicleQueueBuilder.binary(folder.toFile())
        .blockSize(64 << 10)
        .rollCycle(LegacyRollCycles.MINUTELY)
        .timeProvider(() -> 0L)
        .syncMode(SyncMode.NONE)
        .timeoutMS(1000)
        .build();
  }

  void append(byte[] document) {
    try (DocumentContext context = appender.writingDocument()) {
      context.wire().bytes().write(document, 0, document.length);
    }
  }

  static void write(Path folder, List<byte[]> documents) {
    try (ChronicleFile file = new ChronicleFile(folder)) {
      documents.forEach(file::append);
    }
  }

  static List<byte[]> read(Path folder) {
    List<byte[]> documents = new ArrayList<>();
    try (ChronicleQueue queue = queue(folder);
        ExcerptTailer tailer = queue.createTailer()) {
      boolean more = true;
      while (more) {
        try (DocumentContext context = tailer.readingDocument()) {
          more = context.isPresent();
          if (more) {
            byte[] document = new byte[(int) context.wire().bytes().readRemaining()];
            context.wire().bytes().read(document);
            documents.add(document);
          }
        }
      }
    }
    return documents;
  }

  @Override
  public void close() {
    appender.close();
    queue.close();
  }
}
