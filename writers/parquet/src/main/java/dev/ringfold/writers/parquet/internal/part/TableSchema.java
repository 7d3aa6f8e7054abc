// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The columns of a Parquet file in their order. Immutable and thread-safe. */
public final class TableSchema {
  /** Most required columns: a row's presence check is one 64-bit mask. */
  public static final int MAX_REQUIRED = 64;

  /** Most columns of a file. */
  public static final int MAX_COLUMNS = 8_192;

  /** Name of the INT64 column whose smallest and largest value a part's footer tells. */
  public static final String SEQUENCE = "seq";

  private static final String MESSAGE_NAME = "ringfold";

  private final List<Column> columns;
  private final Map<String, Integer> indexByName;

  private TableSchema(List<Column> columns) {
    this.columns = List.copyOf(columns);
    this.indexByName = new HashMap<>();
    check();
  }

  /** A schema of these columns; their names and field ids must differ. */
  public static TableSchema of(List<Column> columns) {
    return new TableSchema(columns);
  }

  private void check() {
    if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "a table has 1 to " + MAX_COLUMNS + " columns, not " + columns.size());
    }
    Set<Integer> fieldIds = new HashSet<>();
    int required = 0;
    for (Column column : columns) {
      if (indexByName.put(column.name(), indexByName.size()) != null) {
        throw new IllegalArgumentException("two columns are called '" + column.name() + "'");
      }
      if (!fieldIds.add(column.fieldId())) {
        throw new IllegalArgumentException(
            "column '" + column.name() + "' has the field id of another: " + column.fieldId());
      }
      required += column.required() ? 1 : 0;
    }
    if (required > MAX_REQUIRED) {
      throw new IllegalArgumentException(
          "a table has at most " + MAX_REQUIRED + " required columns, not " + required);
    }
  }

  /** This schema with one more column behind the others. */
  public TableSchema with(Column column) {
    List<Column> more = new ArrayList<>(columns);
    more.add(column);
    return new TableSchema(more);
  }

  /** All columns in order. */
  public List<Column> columns() {
    return columns;
  }

  /** How many columns. */
  public int size() {
    return columns.size();
  }

  /** The column at this index. */
  public Column column(int index) {
    return columns.get(index);
  }

  /** Index of the column with this name, or -1. */
  public int indexOf(String name) {
    Integer index = indexByName.get(name);
    return index == null ? -1 : index;
  }

  /** Whether this schema begins with all columns of the other one, in its order. */
  public boolean startsWith(TableSchema other) {
    return other.size() <= size() && columns.subList(0, other.size()).equals(other.columns);
  }

  MessageType toParquet() {
    List<Type> fields = new ArrayList<>();
    for (Column column : columns) {
      fields.add(field(column));
    }
    return new MessageType(MESSAGE_NAME, fields);
  }

  private static Type field(Column column) {
    Type.Repetition repetition =
        column.required() ? Type.Repetition.REQUIRED : Type.Repetition.OPTIONAL;
    if (column.type() == ColumnType.STRING) {
      return Types.primitive(PrimitiveTypeName.BINARY, repetition)
          .as(LogicalTypeAnnotation.stringType())
          .id(column.fieldId())
          .named(column.name());
    }
    return Types.primitive(primitive(column.type()), repetition)
        .id(column.fieldId())
        .named(column.name());
  }

  private static PrimitiveTypeName primitive(ColumnType type) {
    return switch (type) {
      case INT32 -> PrimitiveTypeName.INT32;
      case INT64 -> PrimitiveTypeName.INT64;
      case DOUBLE -> PrimitiveTypeName.DOUBLE;
      case BOOLEAN -> PrimitiveTypeName.BOOLEAN;
      case STRING -> PrimitiveTypeName.BINARY;
    };
  }

  /**
   * The schema of a file. Only what {@link #toParquet} makes is understood; anything else is an
   * {@link IllegalArgumentException}. A field without an id gets its place, counted from 1.
   */
  static TableSchema fromParquet(MessageType message) {
    List<Column> columns = new ArrayList<>();
    for (Type field : message.getFields()) {
      if (!field.isPrimitive() || field.isRepetition(Type.Repetition.REPEATED)) {
        throw new IllegalArgumentException("column '" + field.getName() + "' is nested");
      }
      int fieldId = field.getId() == null ? columns.size() + 1 : field.getId().intValue();
      columns.add(
          new Column(
              field.getName(),
              fieldId,
              type(field.asPrimitiveType()),
              field.isRepetition(Type.Repetition.REQUIRED)));
    }
    return new TableSchema(columns);
  }

  private static ColumnType type(PrimitiveType field) {
    LogicalTypeAnnotation meaning = field.getLogicalTypeAnnotation();
    if (meaning == null) {
      return plainType(field);
    }
    if (meaning.equals(LogicalTypeAnnotation.stringType())) {
      return ColumnType.STRING;
    }
    throw unknown(field);
  }

  private static ColumnType plainType(PrimitiveType field) {
    return switch (field.getPrimitiveTypeName()) {
      case INT32 -> ColumnType.INT32;
      case INT64 -> ColumnType.INT64;
      case DOUBLE -> ColumnType.DOUBLE;
      case BOOLEAN -> ColumnType.BOOLEAN;
      default -> throw unknown(field);
    };
  }

  private static IllegalArgumentException unknown(PrimitiveType field) {
    return new IllegalArgumentException(
        "column '" + field.getName() + "' has a type that no table has: " + field);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof TableSchema that && columns.equals(that.columns));
  }

  @Override
  public int hashCode() {
    return columns.hashCode();
  }

  @Override
  public String toString() {
    return "TableSchema" + columns;
  }
}
