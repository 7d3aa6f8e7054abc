// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code ringfold} command. Exit codes are those of {@link ExitCodes}; errors are one message,
 * not a stack trace.
 */
@Command(
    name = "ringfold",
    description = "An embedded event log: look inside, check, repair.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      ExitCodes.OK_TEXT,
      ExitCodes.ENVIRONMENT_TEXT,
      ExitCodes.USAGE_TEXT,
      ExitCodes.NO_STORE_TEXT,
      ExitCodes.DAMAGED_TEXT,
      ExitCodes.FAILED_TEXT
    })
public final class Main implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.getProperties().putIfAbsent(LOG_LEVEL, "warn");
    CommandLine commandLine = commandLine();
    Stdout out = Stdout.ofProcess();
    commandLine.setOut(utf8(out));
    commandLine.setErr(utf8(new FileOutputStream(FileDescriptor.err)));
    int exitCode = commandLine.execute(args);
    commandLine.getOut().flush();
    System.exit(out.end(exitCode, commandLine.getErr()));
  }

  /** The command line with every command that the class path brings; those of this module first. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    ServiceLoader.load(CommandProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(provider -> !(provider instanceof BuiltinCommands)))
        .flatMap(provider -> provider.commands().stream())
        .forEach(commandLine::addSubcommand);
    FailureHandler handler = new FailureHandler();
    commandLine.setExecutionExceptionHandler(handler);
    commandLine.setParameterExceptionHandler(handler);
    // What a failed crash test prints to repeat it is lower case.
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    tellVersion(commandLine, new Version());
    return commandLine;
  }

  /** Says that a command is missing. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "Missing command.");
    }
  }

  private static void tellVersion(CommandLine commandLine, Version version) {
    commandLine.getCommandSpec().versionProvider(version);
    commandLine.getSubcommands().values().forEach(command -> tellVersion(command, version));
  }

  /** JSON and names are UTF-8 whatever the terminal's locale is. */
  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "ringfold " + (version == null ? "unpackaged" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
