// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of one projection at some positions, one file each, {@code <20 digits
 * sequence>.snapshot}, of which the newest few are kept. Big-endian, as {@link DataOutput} writes:
 *
 * <pre>
 * offset size field
 *      0    8 magic      "RFSNAP1\n"
 *      8    . projection its name, as DataOutput.writeUTF
 *      .    4 version    of the projection
 *      .    8 sequence   last event the state holds
 *      .    4 frameCrc   of that event's frame
 *      .    . body       in the projection's own form
 *      .    8 length     of the body
 *      .    4 crc        CRC32C of all bytes before it
 * </pre>
 *
 * <p>A file appears complete and on disk or not at all. One that is damaged, or of another version,
 * is passed over. Used by one thread.
 */
public final class Snapshots {
  /** How many are kept: the newest, and older ones should it be damaged or roll back. */
  public static final int KEPT = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final byte[] MAGIC = {'R', 'F', 'S', 'N', 'A', 'P', '1', '\n'};
  private static final String SUFFIX = ".snapshot";
  private static final Pattern NAME = Pattern.compile("\\d{20}\\.snapshot");
  private static final String FAULT_PREFIX = "projection.snapshot";
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int TRAILER_LENGTH = Long.BYTES + Integer.BYTES;

  /** Writes a state. */
  @FunctionalInterface
  public interface Writer {
    /** Writes every field; the stream is buffered. */
    void write(DataOutput out) throws IOException;
  }

  /** Reads a state. */
  @FunctionalInterface
  public interface Reader {
    /** Reads what the writer wrote, to the last byte; the stream is buffered. */
    void read(DataInput in) throws IOException;
  }

  private final Path directory;
  private final String projection;
  private final int version;

  /**
   * @param directory of this projection's snapshots; made with the first one
   * @param projection its name
   * @param version of its state's form
   */
  public Snapshots(Path directory, String projection, int version) {
    this.directory = directory;
    this.projection = projection;
    this.version = version;
  }

  /** The positions of whole snapshots, newest first. Reads them to their ends. */
  public List<Position> positions() throws IOException {
    List<Position> positions = new ArrayList<>();
    for (Path file : files()) {
      try {
        positions.add(read(file, Bounded::skipAll));
      } catch (CorruptJournalException | IOException e) {
        LOG.warn("Projection {}: snapshot {} is passed over", projection, file, e);
      }
    }
    return positions;
  }

  /**
   * Writes a snapshot; when this returns it is on disk, and older ones than the newest {@link
   * #KEPT} are gone.
   */
  public void write(Position position, Writer state) throws IOException {
    StoreSecurity.ensureDirectory(directory);
    Path target = directory.resolve(name(position.sequence()));
    try (DurableFile file = DurableFile.create(target, directory, FAULT_PREFIX)) {
      CheckedOutputStream checked = new CheckedOutputStream(new Appending(file), new CRC32C());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER_BYTES));
      out.write(MAGIC);
      out.writeUTF(projection);
      out.writeInt(version);
      out.writeLong(position.sequence());
      out.writeInt(position.frameCrc());
      out.flush();
      long before = file.length();
      state.write(out);
      out.flush();
      out.writeLong(file.length() - before);
      out.flush();
      out.writeInt((int) checked.getChecksum().getValue());
      out.flush();
      file.freeze();
    }
    trim();
  }

  private void trim() throws IOException {
    List<Path> all = files();
    for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Reads the snapshot at a position.
   *
   * @throws CorruptJournalException when it is damaged
   */
  public void read(Position position, Reader state) throws IOException {
    Path file = directory.resolve(name(position.sequence()));
    Position found = read(file, new Body(state)::read);
    if (!found.equals(position)) {
      throw damaged(file, "expected the state at " + position + " but found it at " + found);
    }
  }

  /** Deletes the snapshots above a sequence, and what a writer left unfinished. */
  public void deleteAbove(long sequence) throws IOException {
    for (Path file : files()) {
      if (sequenceOf(file) > sequence) {
        Files.deleteIfExists(file);
      }
    }
    trim(); // A writer may have died before it did.
    try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, "*.tmp")) {
      for (Path file : unfinished) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException none) {
      LOG.debug("Projection {} has no snapshots", projection);
    }
  }

  /** Deletes all of them. */
  public void deleteAll() throws IOException {
    deleteAbove(Long.MIN_VALUE);
    Files.deleteIfExists(directory);
  }

  /** Version of the newest snapshot that says it; whether it is whole is not looked at. */
  OptionalInt newestVersion() throws IOException {
    for (Path file : files()) {
      OptionalInt version = versionOf(file);
      if (version.isPresent()) {
        return version;
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt versionOf(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      boolean known =
          Arrays.equals(in.readNBytes(MAGIC.length), MAGIC) && in.readUTF().equals(projection);
      return known ? OptionalInt.of(in.readInt()) : OptionalInt.empty();
    } catch (EOFException | NoSuchFileException | UTFDataFormatException damaged) {
      return OptionalInt.empty();
    }
  }

  /** The file of a snapshot, whether it is there or not. */
  Path file(Position position) {
    return directory.resolve(name(position.sequence()));
  }

  /**
   * Reads snapshots to their ends.
   *
   * @param all or only the newest
   * @return what is damaged; those of another version are left out
   */
  List<OutputProblem> verify(boolean all) throws IOException {
    List<OutputProblem> problems = new ArrayList<>();
    List<Path> files = files();
    for (Path file : all ? files : files.subList(0, Math.min(1, files.size()))) {
      OptionalInt found = versionOf(file);
      if (found.isPresent() && found.getAsInt() != version) {
        continue;
      }
      try {
        read(file, Bounded::skipAll);
      } catch (NoSuchFileException replaced) {
        LOG.debug("{} went meanwhile", file);
      } catch (CorruptJournalException | IOException e) {
        problems.add(new OutputProblem(file, String.valueOf(e.getMessage())));
      }
    }
    return problems;
  }

  private interface Consumer {
    void consume(Bounded body) throws IOException;
  }

  private record Body(Reader state) {
    void read(Bounded body) throws IOException {
      state.read(new DataInputStream(body));
    }
  }

  private Position read(Path file, Consumer consumer) throws IOException {
    long bodyLength;
    CheckedInputStream checked;
    try (InputStream raw = Files.newInputStream(file)) {
      checked = new CheckedInputStream(new BufferedInputStream(raw, BUFFER_BYTES), new CRC32C());
      DataInputStream in = new DataInputStream(checked);
      byte[] magic = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(magic, MAGIC)) {
        throw damaged(file, "it does not begin as a snapshot");
      }
      Position position = header(file, in);
      long headerLength = MAGIC.length + 2L + projection.length() + 4 + 8 + 4;
      bodyLength = Files.size(file) - headerLength - TRAILER_LENGTH;
      if (bodyLength < 0) {
        throw damaged(file, "it has only " + Files.size(file) + " bytes");
      }
      Bounded body = new Bounded(in, bodyLength);
      RuntimeException refused = null;
      try {
        consumer.consume(body);
      } catch (RuntimeException e) {
        refused = e; // Damage explains it, if there is any.
      }
      body.skipRest();
      trailer(file, in, checked, bodyLength);
      if (refused != null) {
        throw refused;
      }
      if (body.unread() > 0) {
        throw damaged(file, body.unread() + " bytes of the state were not read");
      }
      return position;
    } catch (EOFException e) {
      throw damaged(file, "it ends too early");
    }
  }

  private Position header(Path file, DataInputStream in) throws IOException {
    String name = in.readUTF();
    int stored = in.readInt();
    if (!name.equals(projection) || stored != version) {
      throw damaged(
          file,
          "expected version "
              + version
              + " of "
              + projection
              + " but found version "
              + stored
              + " of "
              + name);
    }
    long sequence = in.readLong();
    if (sequence < 0) {
      throw damaged(file, "its sequence is " + sequence);
    }
    return new Position(sequence, in.readInt());
  }

  private void trailer(Path file, DataInputStream in, CheckedInputStream checked, long length)
      throws IOException {
    long storedLength = in.readLong();
    int computed = (int) checked.getChecksum().getValue();
    int stored = in.readInt();
    if (storedLength != length || stored != computed) {
      throw damaged(
          file,
          String.format(
              Locale.ROOT,
              "expected CRC32C %08x of a body of %d bytes but found %08x of %d",
              stored,
              storedLength,
              computed,
              length));
    }
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
      for (Path file : found) {
        if (NAME.matcher(String.valueOf(file.getFileName())).matches()) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException none) {
      return files;
    }
    files.sort(Comparator.comparingLong(Snapshots::sequenceOf).reversed());
    return files;
  }

  private static long sequenceOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  private static String name(long sequence) {
    return String.format(Locale.ROOT, "%020d", sequence) + SUFFIX;
  }

  private static RingfoldException damaged(Path file, String problem) {
    return new CorruptJournalException(
        file, -1, -1, problem, "Delete it: the projection begins at an older one, or anew");
  }

  /** A stream into a file that becomes durable. */
  private static final class Appending extends OutputStream {
    private final DurableFile file;

    Appending(DurableFile file) {
      this.file = file;
    }

    @Override
    public void write(int value) {
      file.append(new byte[] {(byte) value});
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      file.append(bytes, offset, count);
    }
  }

  /** The body alone. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private final long length;
    private long left;
    private long unread;

    Bounded(InputStream in, long length) {
      this.in = in;
      this.length = length;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      int value = in.read();
      if (value < 0) {
        throw new EOFException("the body of " + length + " bytes ends early");
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      if (left == 0) {
        return count == 0 ? 0 : -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(count, left));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, left);
    }

    void skipRest() throws IOException {
      unread = left;
      skipAll();
    }

    void skipAll() throws IOException {
      byte[] buffer = new byte[BUFFER_BYTES];
      while (left > 0) {
        if (read(buffer, 0, buffer.length) < 0) {
          throw new EOFException("the body of " + length + " bytes ends early");
        }
      }
    }

    long unread() {
      return unread;
    }
  }
}
