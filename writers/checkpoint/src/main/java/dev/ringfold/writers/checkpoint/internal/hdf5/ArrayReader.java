// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.dataset.VariableLengthDatasetReader;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the data of one array. */
final class ArrayReader {
  private final Hdf5File file;
  private final Dataset dataset;
  private final String where;

  ArrayReader(Hdf5File file, Dataset dataset, String where) {
    this.file = file;
    this.dataset = dataset;
    this.where = where;
  }

  Tensor tensor(@Nullable Object dtypeMark) {
    ElementType element =
        Hdf5File.guarded(where, () -> ElementType.of(dataset.getDataType(), where));
    DType dtype = element.dtype();
    if (dtype == DType.UINT16 && Hdf5Types.BFLOAT16.equals(dtypeMark)) {
      dtype = DType.BFLOAT16;
    }
    long[] shape = shape();
    byte[] bytes = bytes(shape, dtype.bytes());
    if (element.swapped()) {
      swap(bytes, dtype.wordBytes());
    }
    return Tensor.of(dtype, ByteBuffer.wrap(bytes), shape);
  }

  private long[] shape() {
    long[] shape = Hdf5File.guarded(where, dataset::getDimensionsAsLong);
    try {
      Tensor.elements(shape);
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
    return shape;
  }

  /** All elements' bytes, in C order and the file's byte order. */
  private byte[] bytes(long[] shape, int elementBytes) {
    long elements = Tensor.elements(shape);
    if (elements > Long.MAX_VALUE / elementBytes) {
      throw new FormatException(where + ": says it has " + elements + " elements");
    }
    long total = elements * elementBytes;
    file.allocate(total, where);
    if (total == 0) {
      return new byte[0];
    }
    if (dataset instanceof ChunkedDataset chunkedDataset) {
      return Hdf5File.guarded(
          where,
          () ->
              new ChunkReader(chunkedDataset, elementBytes, file.maxAllocatedBytes(), where)
                  .read(shape));
    }
    ByteBuffer buffer = Hdf5File.guarded(where, () -> ((DatasetBase) dataset).getDataBuffer());
    if (buffer.remaining() != total) {
      throw new FormatException(
          where + ": expected " + total + " bytes but found " + buffer.remaining());
    }
    byte[] bytes = new byte[(int) total];
    buffer.get(bytes);
    return bytes;
  }

  private static void swap(byte[] bytes, int wordBytes) {
    for (int at = 0; at < bytes.length; at += wordBytes) {
      for (int i = at, j = at + wordBytes - 1; i < j; i++, j--) {
        byte kept = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = kept;
      }
    }
  }

  List<String> strings() {
    DataType type = Hdf5File.guarded(where, dataset::getDataType);
    long[] shape = shape();
    long count = Tensor.elements(shape);
    if (count > file.limits().maxEntries()) {
      throw new FormatException(
          where
              + ": has "
              + count
              + " strings; at most "
              + file.limits().maxEntries()
              + " are read");
    }
    if (type instanceof StringData stringData) {
      return fixed(bytes(shape, type.getSize()), type.getSize(), stringData);
    }
    if (type instanceof VariableLength variableLength && variableLength.isVariableLengthString()) {
      return count == 0 ? List.of() : variable(variableLength, bytes(shape, type.getSize()));
    }
    throw new FormatException(
        where + ": expected strings but found " + type.getClass().getSimpleName());
  }

  private List<String> fixed(byte[] bytes, int each, StringData type) {
    if (each < 1 || each > file.limits().maxHeaderBytes()) {
      throw new FormatException(where + ": strings of " + each + " bytes");
    }
    List<String> strings = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += each) {
      strings.add(text(bytes, at, length(bytes, at, each, type)));
    }
    return strings;
  }

  private static int length(byte[] bytes, int at, int each, StringData type) {
    int length = each;
    switch (type.getPaddingType()) {
      case NULL_TERMINATED -> {
        length = 0;
        while (length < each && bytes[at + length] != 0) {
          length++;
        }
      }
      case SPACE_PADDED -> {
        while (length > 0 && bytes[at + length - 1] == ' ') {
          length--;
        }
      }
      default -> {
        while (length > 0 && bytes[at + length - 1] == 0) {
          length--;
        }
      }
    }
    return length;
  }

  private String text(byte[] bytes, int at, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, at, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(where + ": a string is not UTF-8", e);
    }
  }

  private List<String> variable(VariableLength type, byte[] references) {
    int count = references.length / type.getSize();
    Object data =
        Hdf5File.guarded(
            where,
            () ->
                VariableLengthDatasetReader.readDataset(
                    type,
                    ByteBuffer.wrap(references).order(ByteOrder.LITTLE_ENDIAN),
                    new int[] {count},
                    dataset.getHdfFile().getHdfBackingStorage()));
    List<String> strings = new ArrayList<>();
    for (Object each : data instanceof Object[] array ? array : new Object[] {data}) {
      if (!(each instanceof String string)) {
        throw new FormatException(where + ": a string is missing");
      }
      strings.add(string);
    }
    return strings;
  }
}
