// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One parsed Java source: what the source rules need of it.
 *
 * @param file where it is
 * @param text the whole text
 * @param types the types declared in it, nested ones included
 * @param methods the methods and constructors declared in it
 */
record SourceFile(Path file, String text, List<Declaration> types, List<Declaration> methods) {
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

  /**
   * A type or a method.
   *
   * @param open public or protected, and so is everything around it
   * @param documented has a documentation comment, or overrides something that has
   */
  record Declaration(String name, int line, int lineCount, boolean open, boolean documented) {}

  /** Parses the files, all in one go; they need not compile. */
  static List<SourceFile> parse(List<Path> files) throws IOException {
    JavacTask task =
        (JavacTask)
            COMPILER.getTask(
                null,
                FILES,
                null,
                List.of("-source", "17", "-proc:none"),
                null,
                FILES.getJavaFileObjectsFromPaths(files));
    DocTrees trees = DocTrees.instance(task);
    List<SourceFile> parsed = new ArrayList<>();
    for (CompilationUnitTree unit : task.parse()) {
      Scanner scanner = new Scanner(unit, trees);
      scanner.scan(unit, null);
      Path file = Path.of(unit.getSourceFile().toUri());
      parsed.add(new SourceFile(file, Files.readString(file), scanner.types, scanner.methods));
    }
    return parsed;
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final DocTrees trees;
    private final List<Declaration> types = new ArrayList<>();
    private final List<Declaration> methods = new ArrayList<>();

    Scanner(CompilationUnitTree unit, DocTrees trees) {
      this.unit = unit;
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      if (!type.getSimpleName().isEmpty()) {
        types.add(declaration(type.getSimpleName().toString(), type));
      }
      return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      SourcePositions positions = trees.getSourcePositions();
      // javac adds the default constructor to the tree; it has no place in the source.
      if (positions.getEndPosition(unit, method) >= 0) {
        methods.add(declaration(method.getName().toString(), method));
      }
      return super.visitMethod(method, unused);
    }

    private Declaration declaration(String name, Tree tree) {
      LineMap lines = unit.getLineMap();
      int first =
          (int) lines.getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
      int last = (int) lines.getLineNumber(trees.getSourcePositions().getEndPosition(unit, tree));
      boolean documented = trees.getDocComment(getCurrentPath()) != null || overrides(tree);
      return new Declaration(name, first, last - first + 1, isOpen(getCurrentPath()), documented);
    }

    private static boolean overrides(Tree tree) {
      if (tree instanceof MethodTree method) {
        for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
          if (annotation.getAnnotationType().toString().equals("Override")) {
            return true;
          }
        }
      }
      return false;
    }

    private static boolean isOpen(TreePath path) {
      for (TreePath at = path; at != null; at = at.getParentPath()) {
        Tree tree = at.getLeaf();
        boolean inInterface =
            at.getParentPath() != null
                && at.getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
        if (tree instanceof ClassTree type && !inInterface && !isOpen(type.getModifiers())) {
          return false;
        }
        if (tree instanceof MethodTree method) {
          boolean hidden = method.getModifiers().getFlags().contains(Modifier.PRIVATE);
          if (hidden || (!inInterface && !isOpen(method.getModifiers()))) {
            return false;
          }
        } else if (!(tree instanceof ClassTree) && !(tree instanceof CompilationUnitTree)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isOpen(ModifiersTree modifiers) {
      return modifiers.getFlags().contains(Modifier.PUBLIC)
          || modifiers.getFlags().contains(Modifier.PROTECTED);
    }
  }
}
