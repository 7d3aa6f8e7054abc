// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Names and places of the files of a store's segments. Stateless; any thread. */
public final class SegmentFiles {
  /** Directory of the segment folders inside the store. */
  public static final String JOURNAL_DIRECTORY = "journal";

  /** Chronicle's data file: the constant clock gives the only cycle there will ever be. */
  public static final String QUEUE_FILE = "19700101-0000.cq4";

  /** Chronicle's own table store; disposable, it is created again when missing. */
  public static final String METADATA_FILE = "metadata.cq4t";

  /** Our sparse index, see {@link SegmentIndex}. */
  public static final String INDEX_FILE = "index";

  /** The idempotency keys of a sealed segment. */
  public static final String KEYS_FILE = "keys";

  /** The tags of a sealed segment. */
  public static final String TAGS_FILE = "tags";

  /** Digits of a segment folder's name. */
  public static final int NUMBER_DIGITS = 10;

  /** Largest segment number that has a folder name. */
  public static final long MAX_SEGMENT = 9_999_999_999L;

  /** Most segments one store may hold, on disk or in its manifest. */
  public static final int MAX_SEGMENTS = 1_000_000;

  private SegmentFiles() {}

  /** The directory that holds all segment folders. */
  public static Path journal(Path store) {
    return store.resolve(JOURNAL_DIRECTORY);
  }

  /** The folder of one segment: its number in ten digits. */
  public static Path folder(Path store, long segment) {
    return journal(store).resolve(folderName(segment));
  }

  /** The name of a segment's folder. */
  public static String folderName(long segment) {
    if (segment < 0 || segment > MAX_SEGMENT) {
      throw new IllegalArgumentException(
          "segment must be from 0 to " + MAX_SEGMENT + " but was " + segment);
    }
    return String.format(Locale.ROOT, "%010d", segment);
  }

  /** The segment number in a folder name, or -1 when it is not the name of a segment folder. */
  public static long segmentOf(String folderName) {
    if (folderName.length() != NUMBER_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < NUMBER_DIGITS; i++) {
      char digit = folderName.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + (digit - '0');
    }
    return number;
  }

  /** The Chronicle file with the segment's frames. */
  public static Path queueFile(Path folder) {
    return folder.resolve(QUEUE_FILE);
  }

  /** The Chronicle file with the frames of one segment of a store. */
  public static Path queueFile(Path store, long segment) {
    return queueFile(folder(store, segment));
  }

  /** Chronicle's table store of the segment. */
  public static Path metadataFile(Path folder) {
    return folder.resolve(METADATA_FILE);
  }

  /** The segment's sparse index. */
  public static Path indexFile(Path folder) {
    return folder.resolve(INDEX_FILE);
  }

  /** The segment's idempotency keys. */
  public static Path keysFile(Path folder) {
    return folder.resolve(KEYS_FILE);
  }

  /** The segment's tags. */
  public static Path tagsFile(Path folder) {
    return folder.resolve(TAGS_FILE);
  }

  /**
   * The numbers of all segment folders on disk, ascending; other names are passed over. Empty when
   * there is no journal directory.
   *
   * @throws StoreAccessException when the directory cannot be read or holds too many segments
   */
  public static long[] present(Path store) {
    Path journal = journal(store);
    long[] numbers = new long[16];
    int count = 0;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(journal)) {
      for (Path folder : folders) {
        long number = segmentOf(String.valueOf(folder.getFileName()));
        if (number < 0) {
          continue;
        }
        if (count == MAX_SEGMENTS) {
          throw new StoreAccessException(
              journal + " holds more than " + MAX_SEGMENTS + " segment folders. Apply retention.");
        }
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, count * 2);
        }
        numbers[count++] = number;
      }
    } catch (NoSuchFileException absent) {
      return new long[0];
    } catch (IOException e) {
      throw FileFailure.of("cannot list the segments in", journal, e);
    }
    long[] present = Arrays.copyOf(numbers, count);
    Arrays.sort(present);
    return present;
  }
}
