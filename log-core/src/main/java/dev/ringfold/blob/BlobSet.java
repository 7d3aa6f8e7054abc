// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that one event will name. Put them, {@link #force} them, append the event, and {@link
 * #release} the set when the event is committed:
 *
 * <pre>
 * try (BlobSet set = blobs.begin("epoch 12")) {
 *   BlobRef weights = set.put(weightBytes);
 *   set.force();
 *   // append the event that names the blob, at level DISK, and wait for it
 *   set.release();
 * }
 * </pre>
 *
 * <p>Closing without release abandons the set: blobs nobody else names become garbage. When it is
 * not known whether the event was committed, abandon the set and do not collect garbage before the
 * store was opened again.
 *
 * <p>Belongs to one thread at a time. After a failed write or force the set takes nothing more and
 * can only be closed.
 */
public final class BlobSet implements AutoCloseable {
  /** Most different blobs in one set. */
  public static final int MAX_BLOBS = 1 << 20;

  private final BlobStore store;
  private final BlobEnvironment environment;
  private final String label;
  private final SetFile registration;
  private final Map<BlobId, BlobRef> refs = new LinkedHashMap<>();
  private final SetFiles files;
  private byte @Nullable [] buffer;
  private long newBytes;
  private boolean forced = true;
  private boolean failed;
  private boolean ended;

  BlobSet(BlobStore store, String label, SetFile registration, @Nullable Executor executor) {
    this.store = store;
    this.environment = store.environment();
    this.label = label;
    this.registration = registration;
    this.files = new SetFiles(store, registration, executor);
    environment.hit(BlobHooks.SET_REGISTERED);
  }

  /** What the set is for, as given to {@link BlobStore#begin}. */
  public String label() {
    return label;
  }

  /** The blobs put so far, each once, in order. */
  public List<BlobRef> refs() {
    return List.copyOf(refs.values());
  }

  /** Whether everything put so far is on the disk, so that an event may name it. */
  public boolean forced() {
    return forced && !failed;
  }

  /** Bytes of those blobs that the store did not have before. */
  public long newBytes() {
    return newBytes;
  }

  /** Puts all bytes of an array. */
  public BlobRef put(byte[] bytes) {
    return put(ByteBuffer.wrap(bytes));
  }

  /** Puts the buffer's remaining bytes; its position and limit stay as they are. */
  public BlobRef put(ByteBuffer bytes) {
    requireUsable();
    requireLength(bytes.remaining());
    return guarded(() -> putHashed(bytes, null));
  }

  /**
   * Puts the buffer's remaining bytes, whose SHA-256 the caller has worked out, in another thread
   * perhaps: they are not hashed again. With a wrong hash the blob is damaged from the start.
   */
  public BlobRef put(ByteBuffer bytes, BlobId sha256) {
    requireUsable();
    requireLength(bytes.remaining());
    return guarded(() -> putHashed(bytes, sha256));
  }

  /**
   * Names a blob that was stored earlier, so that it stays.
   *
   * @return false when it is not there any more, or with another length; it is not named then, and
   *     has to be put
   */
  public boolean keep(BlobRef ref) {
    requireUsable();
    boolean there = guarded(() -> name(ref));
    if (!there) {
      refs.remove(ref.id());
      store.registrations().release(List.of(ref.id()));
    }
    return there;
  }

  /**
   * Puts the bytes of a file as they are now, in bounded memory.
   *
   * @throws IOException when that file cannot be read
   */
  public BlobRef put(Path file) throws IOException {
    requireUsable();
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IllegalArgumentException(file + " must be a file to be put into the blob store");
    }
    requireLength(attributes.size());
    environment.requireSpace(file, attributes.size());
    try (InputStream in = Files.newInputStream(file)) {
      return put(in);
    }
  }

  /**
   * Puts what the stream gives until its end, in bounded memory; the stream is not closed.
   *
   * @throws IOException when the stream fails; nothing of it is kept
   */
  public BlobRef put(InputStream in) throws IOException {
    requireUsable();
    byte[] chunk = buffer();
    int count = in.readNBytes(chunk, 0, chunk.length);
    if (count < environment.limits().packBelowBytes()) {
      ByteBuffer small = ByteBuffer.wrap(chunk, 0, count);
      requireLength(count);
      return guarded(() -> putHashed(small, null));
    }
    TempFile file = guarded(() -> TempFile.create(environment));
    boolean kept = false;
    try {
      while (count > 0) {
        requireLength(file.length() + count);
        int filled = count;
        guarded(() -> write(file, ByteBuffer.wrap(chunk, 0, filled)));
        count = in.readNBytes(chunk, 0, chunk.length);
      }
      BlobRef ref = new BlobRef(file.hash(), file.length());
      kept = guarded(() -> register(ref) && keep(ref, file));
      return ref;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private byte[] buffer() {
    byte[] made = buffer;
    if (made == null) {
      made = new byte[environment.limits().putBufferBytes()];
      buffer = made;
    }
    return made;
  }

  private static TempFile write(TempFile file, ByteBuffer bytes) {
    file.write(bytes);
    return file;
  }

  /** Bytes in memory are hashed first: what is there already is not written again. */
  private BlobRef putHashed(ByteBuffer source, @Nullable BlobId sha256) {
    ByteBuffer bytes = source.duplicate();
    BlobRef ref = new BlobRef(sha256 == null ? hash(bytes) : sha256, bytes.remaining());
    if (!register(ref)) {
      return ref;
    }
    if (ref.length() < environment.limits().packBelowBytes()) {
      files.append(ref.id(), bytes);
      return ref;
    }
    TempFile file = TempFile.create(environment, sha256);
    boolean kept = false;
    try {
      file.write(bytes);
      if (!file.hash().equals(ref.id())) {
        throw new IllegalStateException(
            "The bytes changed while they were put: SHA-256 was "
                + ref.id()
                + " and then "
                + file.hash()
                + "; leave a buffer alone until put returns");
      }
      kept = keep(ref, file);
      return ref;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private static BlobId hash(ByteBuffer bytes) {
    var digest = TempFile.sha256();
    digest.update(bytes.duplicate());
    return BlobId.of(digest.digest());
  }

  /** Names the blob in this set, then looks for it; true when its bytes must be written. */
  private boolean register(BlobRef ref) {
    if (refs.containsKey(ref.id()) || name(ref)) {
      return false;
    }
    newBytes += ref.length();
    return true;
  }

  /** Names the blob in this set, then looks for it; true when it is there. */
  private boolean name(BlobRef ref) {
    if (refs.containsKey(ref.id())) {
      return true;
    }
    if (refs.size() == MAX_BLOBS) {
      throw new IllegalStateException(
          "A blob set holds at most " + MAX_BLOBS + " blobs; begin another");
    }
    registration.add(ref.id(), ref.length());
    store.registrations().register(ref.id());
    refs.put(ref.id(), ref);
    forced = false;
    BlobPlace place = store.index().findAndTouch(ref.id());
    if (place == null || place.length() != ref.length()) {
      return false;
    }
    files.there(place);
    return true;
  }

  private boolean keep(BlobRef ref, TempFile file) {
    files.add(ref.id(), file);
    return true;
  }

  /**
   * Forces everything put so far: first the files, then, after they have their names, every
   * directory that names one of them. Only after this returns may an event name the blobs. May be
   * called again after more puts.
   */
  public void force() {
    requireUsable();
    guarded(
        () -> {
          files.force();
          return this;
        });
    forced = true;
  }

  /**
   * Ends the set after the event that names its blobs was committed. From now on that event keeps
   * them.
   *
   * @throws IllegalStateException when something put was not forced
   */
  public void release() {
    requireUsable();
    if (!forced) {
      throw new IllegalStateException(
          "Blob set '" + label + "' holds blobs that were not forced; call force() first");
    }
    end();
    environment.hit(BlobHooks.SET_RELEASED);
  }

  /** Abandons the set unless it was released: deletes what is not published yet. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    try {
      files.close();
    } finally {
      end();
    }
  }

  private void end() {
    ended = true;
    registration.delete();
    store.registrations().release(refs.keySet());
    store.setClosed();
    buffer = null;
  }

  private interface Step<T> {
    T run();
  }

  /** What fails half-way leaves the set in a state nobody should build on. */
  private <T> T guarded(Step<T> step) {
    boolean done = false;
    try {
      T result = step.run();
      done = true;
      return result;
    } finally {
      if (!done) {
        failed = true;
      }
    }
  }

  private void requireUsable() {
    store.requireOpen();
    if (ended) {
      throw new IllegalStateException("Blob set '" + label + "' is released or closed already");
    }
    if (failed) {
      throw new IllegalStateException(
          "Blob set '" + label + "' failed earlier; close it and begin another");
    }
  }

  private void requireLength(long bytes) {
    if (bytes > environment.limits().maxBlobBytes()) {
      throw new IllegalArgumentException(
          "A blob may have at most "
              + environment.limits().maxBlobBytes()
              + " bytes (maxBlobBytes) but this one has at least "
              + bytes
              + "; split it");
    }
  }
}
