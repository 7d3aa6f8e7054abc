// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The rows' columns as Parquet names them, and what both of its writers are told. */
final class PeerSchema {
  /** The columns, with our table's field ids, types and repetitions. */
  static final MessageType MESSAGE = message();

  private PeerSchema() {}

  /** The same settings for both: as ours where there is a choice, else the defaults. */
  static <B extends ParquetWriter.Builder<?, B>> B configure(B builder) {
    return builder
        .withConf(new PlainParquetConfiguration())
        .withCodecFactory(new PeerCodecs())
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
        .withRowGroupRowCountLimit(RowBlock.CAPACITY)
        .withPageWriteChecksumEnabled(true);
  }

  private static MessageType message() {
    List<Type> fields = new ArrayList<>();
    for (RowColumn column : RowColumn.values()) {
      Type.Repetition repetition =
          column.required() ? Type.Repetition.REQUIRED : Type.Repetition.OPTIONAL;
      Types.PrimitiveBuilder<?> field =
          switch (column.kind()) {
            case LONG -> Types.primitive(PrimitiveTypeName.INT64, repetition);
            case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition);
            case TEXT ->
                Types.primitive(PrimitiveTypeName.BINARY, repetition)
                    .as(LogicalTypeAnnotation.stringType());
          };
      fields.add((Type) field.id(column.index() + 1).named(column.column()));
    }
    return new MessageType("rows", fields);
  }
}
