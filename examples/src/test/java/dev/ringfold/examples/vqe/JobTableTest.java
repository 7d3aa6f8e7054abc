// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The provider's own memory must be beyond doubt, or the crash test proves nothing. */
class JobTableTest {
  private static final Job.Work WORK = body -> new Job.Outcome(5, "r " + body);

  @TempDir Path directory;

  @Test
  void jobsOutliveTheTableAndATornLineIsCutOff() throws IOException {
    try (JobTable table = JobTable.open(directory)) {
      table.accept("rf-1", "a", WORK);
      table.accept("-", "", WORK);
      table.accept("rf-1", "ä\n", WORK);
    }
    Path file = directory.resolve(JobTable.FILE);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 4));

    try (JobTable table = JobTable.open(directory)) {
      assertThat(table.jobs()).extracting(Job::body).isEqualTo(List.of("a", ""));
      assertThat(table.find("rf-1")).extracting(Job::result).isEqualTo("r a");
      assertThat(table.find("-")).isNull();
      assertThat(table.billMicros()).isEqualTo(10);
      assertThat(table.accept("rf-3", "b", WORK).number()).isEqualTo(3);
    }
    try (JobTable table = JobTable.open(directory)) {
      assertThat(table.jobs()).extracting(Job::body).isEqualTo(List.of("a", "", "b"));
    }
  }
}
