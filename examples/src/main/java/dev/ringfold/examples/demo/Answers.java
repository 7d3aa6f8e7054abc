// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What DuckDB says about the tables. It reads files and knows nothing of the journal.
 *
 * @param text the questions and the answers, as they are printed
 * @param rows all rows of the table
 * @param count {@code count(*)}
 * @param distinct {@code count(distinct seq)}
 * @param latestSteps steps of the long run in the view {@code latest}
 * @param latestDistinct different ones of them
 * @param repeated steps that both attempts of the long run logged
 * @param differing of these, with another loss, accuracy or gradient
 * @param unbalanced accounts of the ledger whose closing mark does not add up
 * @param accuracy of the long run on the test images in the end
 * @param attempts the curve's points
 */
record Answers(
    List<String> text,
    TableRows rows,
    long count,
    long distinct,
    long latestSteps,
    long latestDistinct,
    long repeated,
    long differing,
    long unbalanced,
    double accuracy,
    List<Curve.Attempt> attempts) {

  private static final String ATTEMPTS =
      """
      select run_id, attempt, count(*) as rows, min(step) as first, max(step) as last,
             round(avg(batch_time_ms), 3) as batch_ms
      from metrics where kind = 'step' group by all order by all""";

  private static final String LATEST =
      """
      select run_id, count(*) filter (kind = 'step') as steps,
             round(arg_max(val_loss, epoch), 4) as val_loss,
             round(arg_max(val_accuracy, epoch), 4) as val_accuracy
      from latest group by all order by all""";

  private static final String STEPS = " from latest where kind = 'step' and run_id = '%s'";

  private static final String REPEATED =
      "select count(*) from metrics a join metrics b using (run_id, step)"
          + " where a.kind = 'step' and b.kind = 'step' and a.attempt = 0 and b.attempt = 1"
          + " and run_id = '%s'";

  private static final String DIFFERING =
      " and (a.train_loss <> b.train_loss or a.accuracy <> b.accuracy"
          + " or a.grad_norm <> b.grad_norm or a.grad_max <> b.grad_max"
          + " or a.grad_min <> b.grad_min)";

  private static final String UNBALANCED =
      "select count(*) from ledger where kind = 'mark' and closing"
          + " and (offered <> stored + dropped or lower_bound)";

  /** Asks everything the demo shows and checks. */
  static Answers ask(Path outputs) throws SQLException, IOException {
    try (Duck duck = Duck.open()) {
      duck.run(outputs.resolve("metrics.sql"));
      String run = DemoPlan.LONG_RUN;
      return new Answers(
          text(duck),
          TableRows.read(duck),
          duck.number("select count(*) from metrics"),
          duck.number("select count(distinct seq) from metrics"),
          duck.number("select count(*)" + STEPS.formatted(run)),
          duck.number("select count(distinct step)" + STEPS.formatted(run)),
          duck.number(REPEATED.formatted(run)),
          duck.number(REPEATED.formatted(run) + DIFFERING),
          duck.number(UNBALANCED),
          accuracy(duck, run),
          List.of(attempt(duck, run, 0), attempt(duck, run, 1)));
    }
  }

  private static List<String> text(Duck duck) throws SQLException {
    List<String> text = new ArrayList<>();
    for (String sql : List.of(ATTEMPTS, LATEST)) {
      text.addAll(sql.lines().toList());
      text.addAll(duck.table(sql));
    }
    return text;
  }

  private static double accuracy(Duck duck, String run) throws SQLException {
    double[] accuracy = {Double.NaN};
    duck.each(
        "select val_accuracy from latest where kind = 'epoch' and run_id = '"
            + run
            + "' order by epoch desc limit 1",
        row -> accuracy[0] = row.getDouble(1));
    return accuracy[0];
  }

  private static Curve.Attempt attempt(Duck duck, String run, int number) throws SQLException {
    List<Integer> steps = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    duck.each(
        "select step, train_loss from metrics where kind = 'step' and run_id = '"
            + run
            + "' and attempt = "
            + number
            + " order by step",
        row -> {
          steps.add(row.getInt(1));
          values.add(row.getDouble(2));
        });
    return new Curve.Attempt(
        number,
        steps.stream().mapToInt(Integer::intValue).toArray(),
        values.stream().mapToDouble(Double::doubleValue).toArray(),
        number == 0 ? "SIGKILL" : "");
  }
}
