// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The messages of one object header, version 2. */
final class Messages {
  /** An address that is none. */
  static final long UNDEFINED = -1;

  /** Most bytes of one message. */
  static final int MAX_MESSAGE_BYTES = 0xffff;

  private static final int DATASPACE = 0x01;
  private static final int LINK_INFO = 0x02;
  private static final int DATATYPE = 0x03;
  private static final int FILL_VALUE = 0x05;
  private static final int LINK = 0x06;
  private static final int LAYOUT = 0x08;
  private static final int GROUP_INFO = 0x0a;
  private static final int FILTERS = 0x0b;
  private static final int ATTRIBUTE = 0x0c;
  private static final int ATTRIBUTE_INFO = 0x15;

  private static final int CONSTANT = 1;
  private static final int SHUFFLE = 2;
  private static final int DEFLATE = 1;
  private static final int UTF8 = 1;

  private final List<byte[]> encoded = new ArrayList<>();

  private void add(int type, int flags, Bytes message) {
    if (message.size() > MAX_MESSAGE_BYTES) {
      throw new FormatException(
          "an HDF5 message of type "
              + type
              + " has "
              + message.size()
              + " bytes; at most "
              + MAX_MESSAGE_BYTES
              + " are possible");
    }
    encoded.add(
        new Bytes().u8(type).u16(message.size()).u8(flags).put(message.toArray()).toArray());
  }

  Messages dataspace(long... dimensions) {
    add(DATASPACE, 0, space(dimensions));
    return this;
  }

  static Bytes space(long... dimensions) {
    Bytes space = new Bytes().u8(2).u8(dimensions.length).u8(0).u8(dimensions.length == 0 ? 0 : 1);
    for (long dimension : dimensions) {
      space.u64(dimension);
    }
    return space;
  }

  Messages datatype(byte[] type) {
    add(DATATYPE, CONSTANT, new Bytes().put(type));
    return this;
  }

  /** Nothing is filled in: space is allocated when data are written, all of which are. */
  Messages fillValue(boolean chunked) {
    int allocation = chunked ? 3 : 2;
    int writtenIfSet = 2 << 2;
    add(FILL_VALUE, CONSTANT, new Bytes().u8(3).u8(allocation | writtenIfSet));
    return this;
  }

  Messages contiguous(long address, long bytes) {
    add(LAYOUT, 0, new Bytes().u8(3).u8(1).u64(bytes == 0 ? UNDEFINED : address).u64(bytes));
    return this;
  }

  Messages chunked(long indexAddress, long[] chunk, int elementBytes) {
    Bytes layout = new Bytes().u8(3).u8(2).u8(chunk.length + 1).u64(indexAddress);
    for (long dimension : chunk) {
      layout.u32((int) dimension);
    }
    add(LAYOUT, 0, layout.u32(elementBytes));
    return this;
  }

  Messages filters(Hdf5Storage storage, int elementBytes) {
    Bytes filters = new Bytes().u8(2).u8(storage.shuffle() ? 2 : 1);
    if (storage.shuffle()) {
      filters.u16(SHUFFLE).u16(1).u16(1).u32(elementBytes);
    }
    add(FILTERS, CONSTANT, filters.u16(DEFLATE).u16(1).u16(1).u32(storage.gzipLevel()));
    return this;
  }

  Messages group() {
    add(LINK_INFO, 0, new Bytes().u8(0).u8(0).u64(UNDEFINED).u64(UNDEFINED));
    add(GROUP_INFO, CONSTANT, new Bytes().u8(0).u8(0));
    return this;
  }

  Messages link(String name, long address) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    int charsetAndTwoByteLength = 0x11;
    add(
        LINK,
        0,
        new Bytes()
            .u8(1)
            .u8(charsetAndTwoByteLength)
            .u8(UTF8)
            .u16(utf8.length)
            .put(utf8)
            .u64(address));
    return this;
  }

  Messages attributes(List<Attribute> attributes) {
    if (attributes.isEmpty()) {
      return this;
    }
    add(ATTRIBUTE_INFO, 0, new Bytes().u8(0).u8(0).u64(UNDEFINED).u64(UNDEFINED));
    for (Attribute attribute : attributes) {
      byte[] name = (attribute.name() + "\0").getBytes(StandardCharsets.UTF_8);
      Bytes space = space();
      add(
          ATTRIBUTE,
          0,
          new Bytes()
              .u8(3)
              .u8(0)
              .u16(name.length)
              .u16(attribute.type().length)
              .u16(space.size())
              .u8(UTF8)
              .put(name)
              .put(attribute.type())
              .put(space.toArray())
              .put(attribute.value()));
    }
    return this;
  }

  /** An attribute that is one value. */
  record Attribute(String name, byte[] type, byte[] value) {}

  byte[] header() {
    int size = 0;
    for (byte[] message : encoded) {
      size = Math.addExact(size, message.length);
    }
    int fourByteSize = 2;
    Bytes header = new Bytes().ascii("OHDR").u8(2).u8(fourByteSize).u32(size);
    for (byte[] message : encoded) {
      header.put(message);
    }
    return header.checksum().toArray();
  }
}
