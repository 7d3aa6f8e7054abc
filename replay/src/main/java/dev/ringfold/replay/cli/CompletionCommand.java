// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a completion script for bash and zsh.",
      "Use it with: source <(ringfold completion)"
    })
final class CompletionCommand extends RingfoldCommand {
  @Override
  int run(Output output) {
    CommandLine root = commandLine();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    String script = AutoComplete.bash(root.getCommandName(), root);
    if (output.json()) {
      output.json(Json.object().put("shell", "bash").put("script", script));
    } else {
      output.line(script.stripTrailing());
    }
    return ExitCodes.OK;
  }
}
