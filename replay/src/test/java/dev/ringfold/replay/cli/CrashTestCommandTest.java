// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.replay.crash.MixedWorkload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CrashTestCommandTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(new StringWriter()));
    return commandLine.execute(arguments);
  }

  @Test
  void oneSeedOfOneKindGivesOneRowInJsonAndAPage() throws Exception {
    Path report = directory.resolve("report.html");

    int code =
        run(
            "crashtest",
            "--seeds",
            "7",
            "--fault",
            "power",
            "--json",
            "--dir",
            directory.toString(),
            "--report",
            report.toString());

    assertThat(out.toString()).contains("\"runs\":25").contains("\"lost\":0");
    assertThat(code).isEqualTo(ExitCodes.OK);
    assertThat(Files.readString(report)).contains("power loss").contains("<td>25</td>");
  }

  @Test
  void aBadRangeOfSeedsIsAWrongArgument() {
    assertThat(run("crashtest", "--seeds", "9..2")).isEqualTo(ExitCodes.USAGE);
    assertThat(run("crashtest", "--seeds", "many")).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void anUnknownWorkloadIsAWrongArgument() {
    assertThat(run("crashtest", "--workload", "no.such.Class")).isEqualTo(ExitCodes.USAGE);
    assertThat(run("crashtest", "--workload", "java.lang.String")).isEqualTo(ExitCodes.USAGE);
    String mixed = MixedWorkload.class.getName();
    assertThat(run("crashtest", "--fault", "damage", "--workload", mixed))
        .isEqualTo(ExitCodes.USAGE);
  }
}
