// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A provider that is paid for jobs, as a process of its own: it takes, counts and bills jobs, and
 * things go wrong with it as ordered or by a seed ({@link Mishap}). Its jobs are in a file that
 * outlives it.
 *
 * <p>It listens on the loopback interface, at the port in the file {@code port} of its directory.
 * One line asks, one line answers; texts are Base64:
 *
 * <pre>
 * SUBMIT idempotent|lookup|plain token|- pid body   DONE id micros result | PENDING id | BUSY
 *                                                   | REFUSED reason
 * FIND token                                        DONE … | PENDING id | ABSENT
 * LOOK body                                         ABSENT | DONE … of the last such job
 * BILL                                              BILL jobs micros
 * ORDER mishap skip                                 OK: it happens after so many submissions
 * </pre>
 *
 * <p>It ends when its standard input does, so that it never outlives who started it.
 */
final class JobSimulator {
  static final String PORT_FILE = "port";

  private static final int ORDERED_DEATH = 9;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final long LATE_MILLIS = 80;
  private static final int SLOW_ANSWERS = 2;
  private static final int MAX_LINE = 1 << 20;

  private final JobTable table;
  private final Mishaps mishaps;
  private final Job.Work work;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "job-simulator");
            thread.setDaemon(true);
            return thread;
          });

  /** How often a job still says that it is not ready. */
  private final Map<Integer, Integer> unready = new ConcurrentHashMap<>();

  private JobSimulator(JobTable table, Mishaps mishaps, Job.Work work) {
    this.table = table;
    this.mishaps = mishaps;
    this.work = work;
  }

  /** Runs: directory, {@code echo} or {@code quantum}, seed, percent of mishaps. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Job.Work work = arguments[1].equals("quantum") ? new SamplingBackend() : JobSimulator::echo;
    Mishaps mishaps = new Mishaps(Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
    try (JobTable table = JobTable.open(directory);
        ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      JobSimulator simulator = new JobSimulator(table, mishaps, work);
      simulator.threads.execute(() -> simulator.serve(server));
      announce(directory, server.getLocalPort());
      while (System.in.read() >= 0) {
        // Until nobody holds the other end.
      }
    }
  }

  private static void announce(Path directory, int port) throws IOException {
    Path temporary = directory.resolve(PORT_FILE + ".tmp");
    Files.writeString(temporary, Integer.toString(port));
    Files.move(temporary, directory.resolve(PORT_FILE), StandardCopyOption.ATOMIC_MOVE);
    System.out.println("listening");
  }

  private static Job.Outcome echo(String body) {
    return new Job.Outcome(1_000_000, "result of " + body);
  }

  private void serve(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> answer(socket));
      } catch (IOException e) {
        complain(e);
      }
    }
  }

  /** A client that was killed is no news. */
  private static void complain(Exception e) {
    System.err.println("simulator: " + e);
  }

  private void answer(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      if (line != null && line.length() <= MAX_LINE) {
        answer(line.split(" ", -1), socket);
      }
    } catch (IOException | RuntimeException e) {
      complain(e);
    }
  }

  private void answer(String[] words, Socket socket) throws IOException {
    switch (words[0]) {
      case "SUBMIT" -> submit(words[1], words[2], Long.parseLong(words[3]), words[4], socket);
      case "FIND" -> say(socket, found(table.find(words[1])));
      case "LOOK" -> say(socket, found(look(Job.decode(words[1]))));
      case "BILL" -> say(socket, "BILL " + table.jobs().size() + " " + table.billMicros());
      case "ORDER" -> {
        mishaps.order(Mishap.valueOf(words[1]), Integer.parseInt(words[2]));
        say(socket, "OK");
      }
      default -> say(socket, "REFUSED " + Job.encode("unknown request " + words[0]));
    }
  }

  private @Nullable Job look(String body) {
    Job last = null;
    for (Job job : table.jobs()) {
      last = job.body().equals(body) ? job : last;
    }
    return last;
  }

  private static void say(Socket socket, String line) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private String found(@Nullable Job job) {
    if (job == null) {
      return "ABSENT";
    }
    Integer left = unready.computeIfPresent(job.number(), (number, n) -> n == 0 ? null : n - 1);
    return left == null ? done(job) : "PENDING " + job.id();
  }

  private static String done(Job job) {
    return "DONE " + job.id() + " " + job.costMicros() + " " + Job.encode(job.result());
  }

  private void submit(String kind, String token, long pid, String body64, Socket socket)
      throws IOException {
    Mishap mishap = mishaps.next();
    String body = Job.decode(body64);
    if (!before(mishap, pid, socket)) {
      return;
    }
    Job known = kind.equals("idempotent") ? table.find(token) : null;
    Job job = known;
    if (job == null) {
      try {
        job = table.accept(token, body, work);
      } catch (IllegalArgumentException e) {
        say(socket, "REFUSED " + Job.encode(String.valueOf(e.getMessage())));
        return;
      }
    }
    if (mishap == Mishap.SLOW && known == null && !kind.equals("plain")) {
      unready.put(job.number(), SLOW_ANSWERS);
    }
    after(mishap, pid, job, socket);
  }

  /** What happens before the job is taken; false when it is not taken. */
  private static boolean before(Mishap mishap, long pid, Socket socket) throws IOException {
    switch (mishap) {
      case BUSY -> say(socket, "BUSY");
      case LOSE_REQUEST -> socket.close();
      case KILL_BEFORE -> kill(pid);
      case DIE_BEFORE -> Runtime.getRuntime().halt(ORDERED_DEATH);
      case LATE -> {
        socket.close();
        pause(LATE_MILLIS);
        return true;
      }
      case KILL_LATE -> {
        kill(pid);
        pause(LATE_MILLIS);
        return true;
      }
      default -> {
        return true;
      }
    }
    return false;
  }

  private void after(Mishap mishap, long pid, Job job, Socket socket) throws IOException {
    switch (mishap) {
      case DIE_AFTER -> Runtime.getRuntime().halt(ORDERED_DEATH);
      case KILL_DURING -> kill(pid);
      case KILL_AFTER -> {
        say(socket, done(job));
        // Different every time: before the result is stored, while it is, or after.
        pause(job.number() % 4);
        kill(pid);
      }
      case LOSE_REPLY, LATE, KILL_LATE -> socket.close();
      default -> say(socket, found(job));
    }
  }

  /** SIGKILL, for a process of the same parent: nobody else is ours to kill. */
  private static void kill(long pid) {
    ProcessHandle.of(pid)
        .filter(client -> client.parent().equals(ProcessHandle.current().parent()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  private static void pause(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
