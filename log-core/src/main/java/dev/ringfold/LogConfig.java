// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The checked configuration of one log. Values come from the builder, then the environment ({@code
 * RINGFOLD_…}), then a file, then the defaults of {@link LogOption}: the first that names a key
 * wins. Immutable.
 */
public final class LogConfig {
  private static final String ENVIRONMENT_PREFIX = "RINGFOLD_";

  /** Variables that start like ours but configure the launcher, not a log. */
  private static final java.util.Set<String> LAUNCHER_VARIABLES =
      java.util.Set.of(
          "RINGFOLD_JAVA_OPTS", "RINGFOLD_HOME", "RINGFOLD_CONFIG", "RINGFOLD_NO_BUILD");

  private final EnumMap<LogOption, Long> values;

  private LogConfig(EnumMap<LogOption, Long> values) {
    this.values = values;
  }

  /** The defaults and nothing else. */
  public static LogConfig defaults() {
    return builder().build();
  }

  /** A new builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The value of an option: a count, bytes, nanoseconds, or 0 and 1. */
  public long value(LogOption option) {
    Long value = values.get(option);
    return value == null ? option.defaultValue() : value;
  }

  /** The value of a duration option. */
  public Duration duration(LogOption option) {
    return Duration.ofNanos(value(option));
  }

  /** Collects values by precedence and checks them together in {@link #build()}. */
  public static final class Builder {
    private final EnumMap<LogOption, Long> explicit = new EnumMap<>(LogOption.class);
    private final EnumMap<LogOption, Long> environment = new EnumMap<>(LogOption.class);
    private final EnumMap<LogOption, Long> file = new EnumMap<>(LogOption.class);

    private Builder() {}

    /** Sets a count or byte option. */
    public Builder set(LogOption option, long value) {
      explicit.put(option, option.check(value, "the builder"));
      return this;
    }

    /** Sets a duration option. */
    public Builder set(LogOption option, Duration value) {
      return set(option, value.toNanos());
    }

    /** Takes every variable that starts with {@code RINGFOLD_}; an unknown one is an error. */
    public Builder environment(Map<String, String> variables) {
      variables.forEach(
          (name, text) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !LAUNCHER_VARIABLES.contains(name)) {
              LogOption option = LogOption.forEnvironmentName(name);
              environment.put(option, option.parse(text, "environment variable " + name));
            }
          });
      return this;
    }

    /** Takes the keys of a configuration file; an unknown one is an error. */
    public Builder file(Map<String, String> entries, String fileName) {
      entries.forEach(
          (key, text) -> {
            LogOption option = LogOption.forKey(key, fileName);
            file.put(option, option.parse(text, fileName));
          });
      return this;
    }

    /** Checks the values against each other. */
    public LogConfig build() {
      EnumMap<LogOption, Long> merged = new EnumMap<>(LogOption.class);
      merged.putAll(file);
      merged.putAll(environment);
      merged.putAll(explicit);
      LogConfig config = new LogConfig(merged);
      long segment = config.value(LogOption.SEGMENT_BYTES);
      long block = config.value(LogOption.BLOCK_BYTES);
      if (Long.bitCount(block) != 1) {
        throw new ConfigurationException(
            "'block-bytes' must be a power of two but was "
                + block
                + "; try "
                + Long.highestOneBit(block));
      }
      long low = config.value(LogOption.LOW_SPACE_BYTES);
      long full = config.value(LogOption.FULL_SPACE_BYTES);
      if (low != 0 && full != 0 && low < full) {
        throw new ConfigurationException(
            "'low-space-bytes' (" + low + ") must not be below 'full-space-bytes' (" + full + ")");
      }
      if (segment < config.value(LogOption.RESERVE_BYTES) / 64) {
        throw new ConfigurationException(
            "'segment-bytes' (" + segment + ") is too small for its 'reserve-bytes'");
      }
      return config;
    }
  }
}
