// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.examples.bench.Checker.VerificationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePeerTest {
  private static final long SEED = 7;
  private static final long EVENTS = 5_000;

  @TempDir Path directory;

  private void publish(FilePeer peer) throws IOException {
    Checker unused = new Checker(SEED, EVENTS, 1);
    try (Peer.Store store = peer.create(directory, new Peer.StoreOptions(EVENTS, 1, unused))) {
      Ingest.publishAll(store, SEED, EVENTS, 1);
      store.awaitStored(EVENTS);
    }
  }

  @Test
  void replayNoticesOneFlippedBitInTheFile() throws IOException {
    FilePeer peer = new FilePeer(false);
    publish(peer);
    Path file = directory.resolve("events.bin");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(100_000);
      int old = bytes.read();
      bytes.seek(100_000);
      bytes.write(old ^ 1);
    }
    Checker checker = new Checker(SEED, EVENTS, 1);

    peer.replay(directory, checker);

    assertThatThrownBy(checker::verify).isInstanceOf(VerificationException.class);
  }

  @Test
  void replayOfAPreallocatedFileStopsWhereTheEventsEnd() throws IOException {
    FilePeer peer = new FilePeer(true);
    try (Peer.ForcedStore store = peer.createForced(directory, EVENTS)) {
      store.acknowledge(SEED, 0, 100, 64);
    }
    Checker checker = new Checker(SEED, 100, 1);

    peer.replay(directory, checker);

    assertThat(Files.size(directory.resolve("events.bin"))).isEqualTo(EVENTS * BenchEvent.LENGTH);
    assertThatCode(checker::verify).doesNotThrowAnyException();
  }
}
