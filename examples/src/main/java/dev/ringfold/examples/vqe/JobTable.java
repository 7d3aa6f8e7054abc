// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The jobs a provider has taken and billed: a file of {@link Job#line lines}, each forced before
 * anybody hears of it, so that it survives the provider. Any thread.
 */
final class JobTable implements AutoCloseable {
  static final String FILE = "jobs.txt";

  private static final String NO_TOKEN = "-";
  private static final int MAX_JOBS = 1_000_000;

  private final FileChannel file;
  private final List<Job> jobs = new ArrayList<>();
  private final Map<String, Job> byToken = new HashMap<>();

  private JobTable(FileChannel file) {
    this.file = file;
  }

  /** Opens the table of a directory; a line torn by a death is cut off. */
  static JobTable open(Path directory) throws IOException {
    FileChannel file =
        FileChannel.open(
            directory.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    JobTable table = new JobTable(file);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
      // Reads on.
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    int good = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', good)) {
      Job job = Job.parse(text.substring(good, end));
      if (job == null) {
        break;
      }
      table.add(job);
      good = end + 1;
    }
    // Every line is ASCII, so that characters are bytes.
    file.truncate(good);
    file.position(good);
    return table;
  }

  private void add(Job job) {
    jobs.add(job);
    if (!job.token().equals(NO_TOKEN)) {
      byToken.putIfAbsent(job.token(), job);
    }
  }

  /** Takes a job, does it and bills it. */
  synchronized Job accept(String token, String body, Job.Work work) throws IOException {
    if (jobs.size() >= MAX_JOBS) {
      throw new IOException("the table is full");
    }
    Job.Outcome outcome = work.run(body);
    Job job = new Job(jobs.size() + 1, token, outcome.costMicros(), body, outcome.result());
    ByteBuffer line = ByteBuffer.wrap(job.line().getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      file.write(line);
    }
    file.force(false);
    add(job);
    return job;
  }

  /** The first job with this token, or null. */
  synchronized @Nullable Job find(String token) {
    return byToken.get(token);
  }

  synchronized List<Job> jobs() {
    return List.copyOf(jobs);
  }

  /** What all jobs cost. */
  synchronized long billMicros() {
    return jobs.stream().mapToLong(Job::costMicros).sum();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
