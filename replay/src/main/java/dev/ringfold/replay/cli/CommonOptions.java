// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogConfig;
import dev.ringfold.replay.config.ConfigFile;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command. */
final class CommonOptions {
  static final String CONFIG_VARIABLE = "RINGFOLD_CONFIG";

  @Option(names = "--json", description = "Print JSON: one object, or one per line.")
  private boolean json;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration in YAML. Default: the file that " + CONFIG_VARIABLE + " names.")
  private @Nullable Path config;

  @Option(names = "--debug", description = "Print the stack trace of an error.")
  private boolean debug;

  boolean json() {
    return json;
  }

  boolean debug() {
    return debug;
  }

  /** What configuration file and environment say; checked. */
  LogConfig config() {
    LogConfig.Builder builder = LogConfig.builder();
    Path file = configFile();
    if (file != null) {
      builder.file(ConfigFile.read(file), file.toString());
    }
    return builder.environment(System.getenv()).build();
  }

  /** Hands the configuration file to a log that is to be opened. */
  EventLogBuilder configure(EventLogBuilder builder) {
    Path file = configFile();
    Map<String, String> entries = file == null ? Map.of() : ConfigFile.read(file);
    return builder.file(entries, String.valueOf(file));
  }

  private @Nullable Path configFile() {
    if (config != null) {
      return config;
    }
    String named = System.getenv(CONFIG_VARIABLE);
    return named == null || named.isBlank() ? null : Path.of(named);
  }
}
