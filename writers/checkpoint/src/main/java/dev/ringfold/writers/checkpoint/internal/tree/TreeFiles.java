// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.projections.OutputFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The finished files of the checkpoints' trees. Stateless. */
final class TreeFiles {
  private TreeFiles() {}

  /** Every file of every tree, the registry, and the commit of a sequence, by name. */
  static List<OutputFile> of(Path directory, long sequence) throws IOException {
    String commit =
        CheckpointTrees.COMMITS + "/" + String.format(Locale.ROOT, "%020d.json", sequence);
    List<OutputFile> files = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused) {
            boolean temporary = folder.equals(directory.resolve(CheckpointTrees.TEMPORARY));
            return temporary ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
            String name = directory.relativize(file).toString().replace('\\', '/');
            if (!name.startsWith(CheckpointTrees.COMMITS + "/") || name.equals(commit)) {
              files.add(new OutputFile(name, file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(OutputFile::name));
    return files;
  }
}
