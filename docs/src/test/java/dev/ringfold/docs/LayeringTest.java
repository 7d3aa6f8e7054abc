// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layers of docs/ARCHITECTURE.md, checked on the class files; the POMs check the libraries. */
final class LayeringTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.ringfold");

  private static final Set<String> API_PACKAGES =
      Set.of(
          "dev.ringfold",
          "dev.ringfold.event",
          "dev.ringfold.blob",
          "dev.ringfold.compat",
          "dev.ringfold.call",
          "dev.ringfold.projections",
          "dev.ringfold.projections.index",
          "dev.ringfold.projections.testkit",
          "dev.ringfold.writers.checkpoint",
          "dev.ringfold.writers.checkpoint.compat",
          "dev.ringfold.writers.checkpoint.format",
          "dev.ringfold.writers.checkpoint.quantum",
          "dev.ringfold.writers.checkpoint.quantum.format",
          "dev.ringfold.writers.checkpoint.tensor",
          "dev.ringfold.writers.parquet",
          "dev.ringfold.writers.parquet.compat");

  /** The benchmark's peers: two of them are Parquet's own writers, which only Parquet can call. */
  private static final String PEERS = "dev.ringfold.examples.bench.peers..";

  /** Java's own serialization as a peer of the benchmark, of files it wrote itself. */
  private static final String SERIALIZATION_PEER = "JavaGzipFiles";

  private static final String[] CORE = {
    "dev.ringfold",
    "dev.ringfold.event..",
    "dev.ringfold.blob..",
    "dev.ringfold.compat..",
    "dev.ringfold.call..",
    "dev.ringfold.internal.."
  };

  @Test
  void logCoreSeesNothingAboveIt() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.ringfold.projections..",
                "dev.ringfold.writers..",
                "dev.ringfold.replay..",
                "dev.ringfold.examples..",
                "org.apache.hadoop..",
                "org.apache.parquet..",
                "com.fasterxml..",
                "picocli.."));
  }

  @Test
  void projectionsSeeNeitherChronicleNorDisruptorNorTheModulesAboveThem() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.ringfold.projections..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "net.openhft..",
                "com.lmax..",
                "dev.ringfold.writers..",
                "dev.ringfold.replay..",
                "dev.ringfold.examples.."));
  }

  @Test
  void replayDoesNotSeeTheExamples() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.ringfold.replay..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ringfold.examples.."));
  }

  @Test
  void onlyParquetWritersSeeHadoopAndParquet() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("dev.ringfold.writers.parquet..", PEERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hadoop..", "org.apache.parquet.."));
  }

  @Test
  void onlyOnePackageKnowsWhatAParquetFileIsMadeOf() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("dev.ringfold.writers.parquet.internal.part..", PEERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hadoop..", "org.apache.parquet.."));
  }

  @Test
  void writersSeeNeitherChronicleNorDisruptorNorTheModulesAboveThem() {
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.ringfold.writers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "net.openhft..", "com.lmax..", "dev.ringfold.replay..", "dev.ringfold.examples.."));
  }

  @Test
  void nobodyReadsBytesThatNameClasses() {
    DescribedPredicate<JavaClass> loader =
        DescribedPredicate.describe(
            "read objects of classes named in data",
            type ->
                type.isEquivalentTo(java.io.ObjectInputStream.class)
                    || type.getName().startsWith("net.openhft.chronicle.bytes.MethodReader"));
    check(
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.ringfold..")
            .and()
            .doNotHaveSimpleName(SERIALIZATION_PEER)
            .should()
            .dependOnClassesThat(loader));
  }

  @Test
  void publicSignaturesDoNotNameChronicleDisruptorParquetOrInternalTypes() {
    List<String> problems = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (API_PACKAGES.contains(type.getPackageName()) && isOpen(type)) {
        supertypes(type)
            .filter(LayeringTest::isForeign)
            .forEach(s -> problems.add(type + ": " + s));
        for (JavaMember member : type.getMembers()) {
          signature(member)
              .filter(named -> isOpen(member.getModifiers()) && isForeign(named))
              .forEach(named -> problems.add(member.getFullName() + " names " + named.getName()));
        }
      }
    }

    assertThat(problems).isEmpty();
  }

  @Test
  void theClassFilesOfEveryModuleAreHere() {
    assertThat(CLASSES.contain("dev.ringfold.EventLog")).isTrue();
    assertThat(CLASSES.contain("dev.ringfold.replay.cli.Main")).isTrue();
    assertThat(CLASSES).extracting(JavaClass::getPackageName).contains("dev.ringfold.projections");
  }

  private static void check(ArchRule rule) {
    // A rule about a package that has no class yet holds.
    rule.allowEmptyShould(true).check(CLASSES);
  }

  private static boolean isForeign(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    return name.startsWith("net.openhft")
        || name.startsWith("com.lmax")
        || name.startsWith("org.apache.")
        || name.startsWith("dev.ringfold.internal")
        || name.startsWith("dev.ringfold.writers.parquet.internal");
  }

  private static boolean isOpen(JavaClass type) {
    return isOpen(type.getModifiers())
        && type.getEnclosingClass().map(LayeringTest::isOpen).orElse(true);
  }

  private static boolean isOpen(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaClass> supertypes(JavaClass type) {
    return Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream());
  }

  private static Stream<JavaClass> signature(JavaMember member) {
    if (member instanceof JavaField field) {
      return field.getAllInvolvedRawTypes().stream();
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    return Stream.of(
            unit.getReturnType().getAllInvolvedRawTypes().stream(),
            unit.getParameterTypes().stream().flatMap(t -> t.getAllInvolvedRawTypes().stream()),
            unit.getExceptionTypes().stream())
        .flatMap(types -> types);
  }
}
