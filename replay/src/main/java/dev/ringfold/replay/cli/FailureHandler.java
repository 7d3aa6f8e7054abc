// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns what a command throws into one message on stderr, or with {@code --json} into one object on
 * stdout, and an exit code. Only {@code --debug} shows a stack trace.
 */
final class FailureHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final String JSON = "--json";
  private static final String PREFIX = "Error: ";
  private static final String DEBUG = "--debug";

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine commandLine, ParseResult fullParseResult) {
    List<String> arguments = fullParseResult.originalArgs();
    Failure failure = Failure.of(thrown);
    if (arguments.contains(JSON)) {
      printJson(commandLine, failure);
    } else {
      commandLine.getErr().println("error: " + failure.message());
    }
    trace(thrown, commandLine, arguments);
    return failure.exitCode();
  }

  @Override
  public int handleParseException(ParameterException thrown, String[] arguments) {
    CommandLine commandLine = thrown.getCommandLine();
    List<String> given = Arrays.asList(arguments);
    String message = words(thrown);
    if (given.contains(JSON)) {
      printJson(commandLine, new Failure(thrown, message, ExitCodes.USAGE));
    } else {
      PrintWriter err = commandLine.getErr();
      err.println("error: " + message);
      UnmatchedArgumentException.printSuggestions(thrown, err);
      commandLine.usage(err);
      err.flush();
    }
    trace(thrown, commandLine, given);
    return ExitCodes.USAGE;
  }

  /** Some messages of picocli begin with the word that we begin every message with. */
  private static String words(ParameterException thrown) {
    String message = String.valueOf(thrown.getMessage());
    return message.startsWith(PREFIX) ? message.substring(PREFIX.length()) : message;
  }

  private static void printJson(CommandLine commandLine, Failure failure) {
    PrintWriter out = commandLine.getOut();
    out.println(Json.line(failure.toJson()));
    out.flush();
  }

  private static void trace(Exception thrown, CommandLine commandLine, List<String> arguments) {
    if (arguments.contains(DEBUG)) {
      thrown.printStackTrace(commandLine.getErr());
    }
    commandLine.getErr().flush();
  }
}
