// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.ringfold.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads a YAML file of {@code key: value} lines into a flat map for {@link
 * dev.ringfold.EventLogBuilder#file}. Only text, numbers and booleans are values: nested mappings,
 * lists, empty values, duplicate keys, tags and aliases are refused, and so is a second document.
 * The keys are checked by the builder, which knows them. Stateless; any thread.
 */
public final class ConfigFile {
  /** Most bytes of a file; a full one with comments has about four thousand. */
  public static final int MAX_BYTES = 1 << 20;

  /** Most entries; there are fewer options. */
  public static final int MAX_ENTRIES = 1_000;

  /** Where the YAML library names itself in its messages; of no use to a reader. */
  private static final Pattern LIBRARY_NOISE = Pattern.compile("(?s)\\s+in 'reader'.*");

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @return the entries in the order of the file, values as they are written; empty for an empty
   *     file
   * @throws ConfigurationException when it is missing, cannot be read, or is not a flat mapping;
   *     names file and line
   */
  public static Map<String, String> read(Path file) {
    String text = text(file);
    LoaderOptions limits = new LoaderOptions();
    limits.setMaxAliasesForCollections(0);
    limits.setCodePointLimit(MAX_BYTES);
    limits.setAllowDuplicateKeys(false);
    limits.setNestingDepthLimit(4);
    YAMLFactory factory = YAMLFactory.builder().loaderOptions(limits).build();
    try (YAMLParser parser = factory.createParser(text)) {
      return entries(parser, file);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          file
              + line(e.getLocation() == null ? 0 : e.getLocation().getLineNr())
              + " is not valid YAML: "
              + LIBRARY_NOISE.matcher(e.getOriginalMessage()).replaceAll("")
              + ". Write one 'key: value' per line",
          e);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot read the configuration file " + file, e);
    }
  }

  private static String text(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "There is no configuration file at " + file + ". Check the path", e);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot read the configuration file " + file + ": " + e, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new ConfigurationException(
          "The configuration file "
              + file
              + " is larger than "
              + MAX_BYTES
              + " bytes. Check that it is the right file");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(java.nio.ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(
          "The configuration file " + file + " is not UTF-8. Save it as UTF-8", e);
    }
  }

  private static Map<String, String> entries(YAMLParser parser, Path file) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    JsonToken first = parser.nextToken();
    if (first == null || isEmptyDocument(parser, first)) {
      return Map.of();
    }
    if (first != JsonToken.START_OBJECT) {
      throw refused(file, parser, "the file is not a mapping of keys to values");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      refuseAnchor(parser, file, key);
      JsonToken token = parser.nextToken();
      refuseAnchor(parser, file, key);
      if (!token.isScalarValue() || token == JsonToken.VALUE_NULL || parser.getText().isBlank()) {
        throw refused(
            file,
            parser,
            "'" + key + "' must be text, a number, true or false, but " + kind(token));
      }
      if (entries.putIfAbsent(key, parser.getText()) != null) {
        throw refused(file, parser, "'" + key + "' is there twice");
      }
      if (entries.size() > MAX_ENTRIES) {
        throw refused(file, parser, "there are more than " + MAX_ENTRIES + " keys");
      }
    }
    if (parser.nextToken() != null) {
      throw refused(file, parser, "there is a second document");
    }
    return Collections.unmodifiableMap(entries);
  }

  private static boolean isEmptyDocument(JsonParser parser, JsonToken first) throws IOException {
    return first == JsonToken.VALUE_NULL || (first.isScalarValue() && parser.getText().isEmpty());
  }

  private static void refuseAnchor(YAMLParser parser, Path file, String key) throws IOException {
    if (parser.getObjectId() != null || parser.getTypeId() != null || parser.isCurrentAlias()) {
      throw refused(file, parser, "'" + key + "' has an anchor, an alias or a tag");
    }
  }

  private static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "is a nested mapping";
      case START_ARRAY -> "is a list";
      default -> "is empty";
    };
  }

  private static ConfigurationException refused(Path file, JsonParser parser, String problem) {
    return new ConfigurationException(
        file
            + line(parser.currentLocation().getLineNr())
            + ": "
            + problem
            + ". Write one 'key: value' per line");
  }

  private static String line(int number) {
    return number > 0 ? " line " + number : "";
  }
}
