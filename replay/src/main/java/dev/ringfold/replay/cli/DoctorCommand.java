// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code doctor}. */
@Command(
    name = "doctor",
    description = {
      "Looks whether this machine, and a directory, are fit for a log.",
      "Every line is ok, warn or bad, and says what to do. Exit code 1 when something is bad."
    })
final class DoctorCommand extends RingfoldCommand {
  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "Where a store is or shall be; without it only the machine is looked at.")
  private @Nullable Path directory;

  @Override
  int run(Output output) {
    List<Check> checks = new ArrayList<>(MachineChecks.all());
    if (directory != null) {
      checks.addAll(StoreChecks.all(directory, common().config()));
    }
    long bad = count(checks, Check.Level.BAD);
    long warnings = count(checks, Check.Level.WARN);
    if (output.json()) {
      ObjectNode root = Json.object().put("fit", bad == 0).put("bad", bad).put("warn", warnings);
      ArrayNode list = root.putArray("checks");
      checks.forEach(check -> list.add(check.toJson()));
      output.json(root);
    } else {
      checks.forEach(check -> output.line(check.toText()));
      output.line(bad + " bad, " + warnings + " to improve");
    }
    return bad == 0 ? ExitCodes.OK : ExitCodes.ENVIRONMENT;
  }

  private static long count(List<Check> checks, Check.Level level) {
    return checks.stream().filter(check -> check.level() == level).count();
  }
}
