// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.event.EventTypes;
import dev.ringfold.projections.index.IndexQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The options that say which events are wanted. */
final class EventSelection {
  @Option(
      names = "--type",
      paramLabel = "NAME|ID",
      split = ",",
      description = "Only events of these types; types of your own by their number.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = {"--stream", "--run"},
      paramLabel = "NAME",
      description = "Only events of this stream (of this run); may be repeated.")
  private List<String> streams = new ArrayList<>();

  @Option(
      names = "--space",
      paramLabel = "NAME",
      description = "Only events of streams in this space; may be repeated.")
  private List<String> spaces = new ArrayList<>();

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "Only events with this tag; may be repeated: with all of them.")
  private List<String> tags = new ArrayList<>();

  IndexQuery query(EventTypes known, Function<String, ? extends RuntimeException> wrong) {
    int[] ids = types.stream().mapToInt(name -> TypeNames.id(known, name, wrong)).toArray();
    IndexQuery query = IndexQuery.ALL.types(ids).streams(streams).spaces(spaces);
    for (String tag : tags) {
      int equals = tag.indexOf('=');
      if (equals <= 0) {
        throw wrong.apply("--tag is NAME=VALUE but was '" + tag + "'");
      }
      try {
        query = query.tag(tag.substring(0, equals), tag.substring(equals + 1));
      } catch (IllegalArgumentException e) {
        throw wrong.apply("--tag " + tag + ": " + e.getMessage());
      }
    }
    return query;
  }

  /** Whether nothing is named. */
  boolean isAll() {
    return types.isEmpty() && streams.isEmpty() && spaces.isEmpty() && tags.isEmpty();
  }
}
