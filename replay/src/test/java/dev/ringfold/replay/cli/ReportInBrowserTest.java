// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser without a window: the script runs and draws every curve. The property
 * {@code ringfold.chromium} names the browser; without it, one on the PATH is taken.
 */
final class ReportInBrowserTest {
  private static final long TIMEOUT_SECONDS = 60;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  @TempDir private Path folder;

  @Test
  void theScriptRunsAndDrawsEveryCurve() throws Exception {
    String dom = dom("");

    // 5 metrics of steps and 3 of epochs, with 3 lines each, and the rows per second.
    assertThat(dom).contains("data-state=\"ready\"", "data-charts=\"9\"", "data-paths=\"25\"");
    assertThat(dom.split("class=\"curve\" d=\"M", -1)).hasSize(1 + 24);
    String drawn =
        dom.substring(dom.indexOf("<section id=\"charts\">"), dom.indexOf("id=\"data\""));
    assertThat(drawn).contains("class=\"lost\"").doesNotContain("NaN", "undefined", "Infinity");
  }

  @Test
  void everyControlCanBeUsedAndTheCurvesFollow() throws Exception {
    // The page's own controls, worked by a script that is added behind it.
    String dom =
        dom(
            """
            <script>
            const seen = [];
            const look = what => seen.push(what + '=' + document.body.dataset.paths);
            const press = selector => document.querySelector(selector).click();
            press('#lines button'); look('oneHidden');
            press('#lines button'); look('allShown');
            press('#scale [data-value=log]'); look('log');
            press('#axis [data-value=t]'); look('time');
            const svg = document.querySelector('.card svg'), box = svg.getBoundingClientRect();
            svg.setPointerCapture = () => {};
            const at = (type, part) => svg.dispatchEvent(new PointerEvent(type, {
              button: 0, clientX: box.left + box.width * part, clientY: box.top + 50, bubbles: true}));
            at('pointermove', 0.5);
            seen.push('tip=' + document.querySelectorAll('.tip b').length);
            at('pointerdown', 0.4); at('pointermove', 0.6); at('pointerup', 0.6);
            seen.push('zoomed=' + !document.getElementById('reset').disabled);
            press('#reset');
            seen.push('reset=' + document.getElementById('reset').disabled);
            press('#theme');
            seen.push('theme=' + (document.documentElement.dataset.theme !== undefined));
            document.body.dataset.seen = seen.join(' ');
            </script>
            """);

    assertThat(dom)
        .contains(
            "data-seen=\"oneHidden=17 allShown=25 log=25 time=25 tip=2 zoomed=true reset=true"
                + " theme=true\"");
  }

  private String dom(String addition) throws IOException, InterruptedException {
    Optional<Path> browser = browser();
    assumeTrue(
        browser.isPresent(),
        "no Chromium on the PATH: install it (apt-get install chromium), or name it with"
            + " -Dringfold.chromium=FILE");
    Path store = TrainingStore.create(folder.resolve("store"));
    Path page = folder.resolve("page.html");
    assertThat(Ran.ringfold("report", store, "--out", page).exitCode()).isZero();
    Files.writeString(page, Files.readString(page).replace("</body>", addition + "</body>"));
    return run(browser.orElseThrow(), page);
  }

  private String run(Path browser, Path page) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(browser.toString());
    command.addAll(
        List.of("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,900"));
    // No name can be resolved: whatever the page would load, it could not.
    command.add("--host-resolver-rules=MAP * ~NOTFOUND");
    command.add("--user-data-dir=" + folder.resolve("profile"));
    command.add("--dump-dom");
    command.add(page.toUri().toString());
    Path out = folder.resolve("dom.html");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("browser ends").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    return Files.readString(out);
  }

  private static Optional<Path> browser() {
    String named = System.getProperty("ringfold.chromium");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(":"))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
