// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands share: their common options, help, and the check of the configuration. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      ExitCodes.OK_TEXT,
      ExitCodes.ENVIRONMENT_TEXT,
      ExitCodes.USAGE_TEXT,
      ExitCodes.NO_STORE_TEXT,
      ExitCodes.DAMAGED_TEXT,
      ExitCodes.FAILED_TEXT
    })
abstract class RingfoldCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();

  @Spec private @Nullable CommandSpec spec;

  /** Checks the configuration, whether the command needs it or not, and runs. */
  @Override
  public final Integer call() throws Exception {
    common.config();
    Output output = new Output(commandLine().getOut(), common.json());
    int exitCode = run(output);
    output.flush();
    return exitCode;
  }

  /** Does the work; the exit code. */
  abstract int run(Output output) throws Exception;

  final CommonOptions common() {
    return common;
  }

  final CommandLine commandLine() {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("only the command line can run this command");
    }
    return known.commandLine();
  }

  /** Says something on stderr that is not the result. */
  final void note(String text) {
    commandLine().getErr().println("note: " + text);
    commandLine().getErr().flush();
  }

  final ParameterException wrong(String message) {
    return new ParameterException(commandLine(), message);
  }
}
