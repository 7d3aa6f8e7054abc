// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.MetricsView;
import dev.ringfold.replay.EventSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of metrics in the journal, between two sequences. Reads without a lock, while another
 * process writes.
 */
public final class JournalRows implements RowSource {
  private static final int BATCH = 1_024;

  private final Pass pass;
  private final JournalColumns columns = new JournalColumns();
  private final Map<Integer, int[]> placesByLayout = new HashMap<>();

  /** Reads the events once; called for each time the rows are gone through. */
  @FunctionalInterface
  public interface Pass {
    /**
     * Begins.
     *
     * @param filter what is wanted of the rows: other ones may come, too
     * @return events of metrics, in order; null when there are none
     */
    @Nullable EventSource begin(RowFilter filter) throws IOException;
  }

  private JournalRows(Pass pass) {
    this.pass = pass;
  }

  /**
   * Finds out the columns, in a first pass over the sequences {@code from} to {@code to}.
   *
   * @param known metrics that came before, in the order in which they got their columns
   * @throws dev.ringfold.SegmentRetiredException when {@code from} is below the floor, or when
   *     retention raises that while rows are read: no row is left out without a word
   */
  public static JournalRows of(EventLogReader reader, long from, long to, List<MetricColumn> known)
      throws IOException {
    return of(filter -> tail(reader, from, to, filter), known);
  }

  /**
   * Finds out the columns, in a first pass.
   *
   * @param known metrics that came before, in the order in which they got their columns
   */
  public static JournalRows of(Pass pass, List<MetricColumn> known) throws IOException {
    JournalRows rows = new JournalRows(pass);
    known.forEach(rows.columns::place);
    MetricsView view = new MetricsView();
    rows.read(
        RowFilter.ALL,
        (event, source) -> {
          view.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
          rows.places(view.layoutId(), source);
          return true;
        });
    return rows;
  }

  @Override
  public List<MetricColumn> columns() {
    return columns.columns();
  }

  @Override
  public void forEach(RowFilter filter, Consumer consumer) throws IOException {
    Row row = new Row(columns.columns().size());
    read(
        filter,
        (event, source) -> {
          row.move(event, source);
          return !filter.accepts(row) || consumer.accept(row);
        });
  }

  @FunctionalInterface
  private interface Step {
    boolean on(EventView event, EventSource source) throws IOException;
  }

  private static @Nullable EventSource tail(
      EventLogReader reader, long from, long to, RowFilter filter) {
    long first = Math.max(from, filter.fromSequence());
    long last = Math.min(to, filter.toSequence());
    if (last < first) {
      return null;
    }
    Tailer.Builder builder =
        reader
            .tailer()
            .types(BuiltinTypes.METRICS_LOGGED.id())
            .streams(filter.runs().toArray(String[]::new))
            .fromSequence(first)
            .upTo(last);
    return EventSource.of(builder.open());
  }

  private void read(RowFilter filter, Step step) throws IOException {
    try (EventSource source = pass.begin(filter)) {
      if (source != null) {
        read(source, step);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void read(EventSource source, Step step) {
    boolean[] more = {true};
    int count = 1;
    while (more[0] && count > 0) {
      count =
          source.poll(
              event -> {
                try {
                  more[0] = more[0] && step.on(event, source);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              BATCH);
    }
  }

  private int[] places(int layoutId, EventSource source) {
    int[] places = placesByLayout.get(layoutId);
    if (places == null) {
      MetricLayout layout = source.names().layout(layoutId);
      places = layout.columns().stream().mapToInt(columns::place).toArray();
      placesByLayout.put(layoutId, places);
    }
    return places;
  }

  /** Moves over the journal. */
  private final class Row implements MetricRow {
    private static final int ABSENT = -1;

    private final MetricsView view = new MetricsView();
    private final int[] cellByColumn;
    private @Nullable EventSource source;
    private int layoutId = ABSENT;
    private long sequence;
    private String run = "";
    private int streamId = ABSENT;
    private long eventTimeNanos;

    Row(int columns) {
      cellByColumn = new int[columns];
    }

    void move(EventView event, EventSource from) {
      source = from;
      view.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
      sequence = event.sequence();
      eventTimeNanos = event.eventTimeNanos();
      if (event.streamId() != streamId) {
        streamId = event.streamId();
        run = event.stream().name();
      }
      if (view.layoutId() != layoutId) {
        layoutId = view.layoutId();
        java.util.Arrays.fill(cellByColumn, ABSENT);
        int[] places = places(layoutId, from);
        for (int i = 0; i < places.length; i++) {
          cellByColumn[places[i]] = i;
        }
      }
    }

    @Override
    public long sequence() {
      return sequence;
    }

    @Override
    public String run() {
      return run;
    }

    @Override
    public int attempt() {
      return view.attempt();
    }

    @Override
    public MetricsLogged.Kind kind() {
      return view.kind();
    }

    @Override
    public long eventTimeNanos() {
      return eventTimeNanos;
    }

    @Override
    public long epoch() {
      return view.epoch();
    }

    @Override
    public long step() {
      return view.step();
    }

    @Override
    public boolean present(int column) {
      int cell = cellByColumn[column];
      return cell != ABSENT && cell < view.columns() && view.present(cell);
    }

    @Override
    public double doubleAt(int column) {
      return view.doubleAt(cellByColumn[column]);
    }

    @Override
    public long longAt(int column) {
      return view.longAt(cellByColumn[column]);
    }

    @Override
    public boolean booleanAt(int column) {
      return view.booleanAt(cellByColumn[column]);
    }

    @Override
    public String textAt(int column) {
      EventSource known = source;
      if (known == null || columns().get(column).type() != MetricType.STRING) {
        throw new IllegalStateException("column " + column + " holds no text");
      }
      return known.names().name((int) view.longAt(cellByColumn[column]));
    }
  }
}
