// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkGrid;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zarr trees, with zarr-python (version 2) and zarrita (2 and 3) on the other side. */
class ZarrTest {
  private static final Map<ZarrVersion, List<Path>> TREES = new EnumMap<>(ZarrVersion.class);
  private static final Set<DType> SHAPED = Set.of(DType.BOOL, DType.UINT64, DType.COMPLEX64);

  /** Of all tests: a tree of each codec takes a while to write. */
  @TempDir static Path shared;

  @TempDir Path folder;

  /** Every codec that is offered for a version. */
  private static List<ChunkCodec> codecs(ZarrVersion version) {
    List<ChunkCodec> codecs = new ArrayList<>();
    for (Compressor compressor : Compressor.values()) {
      ChunkCodec codec = ChunkCodec.of(compressor);
      for (ChunkCodec each : List.of(codec, codec.shuffled())) {
        if (isOffered(version, each)) {
          codecs.add(each);
        }
      }
    }
    return codecs;
  }

  /** Every codec with its lowest and its highest level. */
  private static List<ChunkCodec> levels(ZarrVersion version) {
    Set<ChunkCodec> levels = new LinkedHashSet<>();
    for (ChunkCodec codec : codecs(version)) {
      Compressor of = codec.compressor();
      levels.add(new ChunkCodec(of, of.minLevel(), codec.shuffle()));
      levels.add(new ChunkCodec(of, of.maxLevel(), codec.shuffle()));
    }
    return List.copyOf(levels);
  }

  /** Trees of all types in every codec. */
  private static List<Path> trees(ZarrVersion version) {
    return TREES.computeIfAbsent(
        version, key -> write(shared, version, codecs(version), state(), "all-"));
  }

  private static boolean isOffered(ZarrVersion version, ChunkCodec codec) {
    try {
      return version.require(codec).equals(codec);
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }

  /** Every type, and every shape of some types. */
  private static Map<String, Tensor> state() {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> state = new TreeMap<>();
    for (DType dtype : DType.values()) {
      boolean all = SHAPED.contains(dtype);
      for (long[] shape : all ? SampleTensors.SHAPES : List.of(new long[] {3, 5})) {
        Tensor tensor = SampleTensors.random(dtype, random, shape);
        String name = dtype.name().toLowerCase(Locale.ROOT);
        state.put("model_state/" + name + "/layer." + state.size(), tensor);
      }
    }
    return state;
  }

  private static Map<String, Tensor> edges() {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> edges = new TreeMap<>();
    edges.put("rows", SampleTensors.random(DType.FLOAT32, random, 1_301, 1_000));
    edges.put("deep", SampleTensors.random(DType.INT16, random, 2, 1_301, 1_024, 2));
    edges.put("flat", SampleTensors.random(DType.UINT8, random, (4 << 20) + 7));
    edges.put("complex", SampleTensors.random(DType.COMPLEX128, random, 5, 60_000));
    for (Tensor tensor : edges.values()) {
      ChunkGrid grid = ChunkGrid.of(tensor.dtype(), tensor.shape());
      assertThat(grid.chunks()).isGreaterThan(1);
      assertThat(grid.bytes()).isNotEqualTo((long) grid.chunks() * grid.rawLength());
    }
    return edges;
  }

  private static void assertSame(Path tree, Map<String, Tensor> expected) {
    ZarrTree read = Zarr.read(tree);
    assertThat(read.tensors().keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            assertThat(read.tensors().get(name).contentEquals(tensor))
                .as(tree + " " + name)
                .isTrue());
  }

  /** One line after the other: thousands of lines in one message help nobody. */
  private static void assertLines(String printed, List<String> expected) {
    List<String> found = printed.lines().toList();
    for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
      assertThat(found.get(i)).as("line " + i).isEqualTo(expected.get(i));
    }
    assertThat(found).hasSameSizeAs(expected);
  }

  /** The type as a reader of version 2 names it. */
  private static String v2Type(DType dtype) {
    return NumpyTypes.name(dtype == DType.BFLOAT16 ? DType.UINT16 : dtype);
  }

  private static List<String> pythonLines(String attributes, Map<String, Tensor> state) {
    List<String> lines = new ArrayList<>(List.of(attributes));
    state.forEach((name, tensor) -> lines.add(line(name, v2Type(tensor.dtype()), tensor, "")));
    return lines;
  }

  private static String line(String name, String type, Tensor tensor, String moreShape) {
    String shape = SampleTensors.shape(tensor);
    String all = shape.isEmpty() ? moreShape.replaceFirst(",", "") : shape + moreShape;
    return String.join(" ", name, type, all, SampleTensors.sha256(tensor));
  }

  private static List<String> zarritaLines(ZarrVersion version, Map<String, Tensor> state) {
    List<String> lines = new ArrayList<>();
    state.forEach(
        (name, tensor) -> {
          switch (tensor.dtype()) {
            case BFLOAT16 -> lines.add(line(name, "uint16", tensor, ""));
            case COMPLEX64, COMPLEX128 -> {
              if (version == ZarrVersion.V3) { // Of version 2 it knows no complex numbers.
                boolean single = tensor.dtype() == DType.COMPLEX64;
                lines.add(line(name, single ? "float32" : "float64", tensor, ",2"));
              }
            }
            default ->
                lines.add(line(name, tensor.dtype().name().toLowerCase(Locale.ROOT), tensor, ""));
          }
        });
    return lines;
  }

  private List<Object> zarritaArguments(ZarrVersion version, List<Path> trees, List<String> lines)
      throws IOException {
    Path names = folder.resolve("names-" + version + ".txt");
    Files.write(names, lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList());
    List<Object> arguments = new ArrayList<>(List.of(version == ZarrVersion.V2 ? "2" : "3"));
    for (Path tree : trees) {
      arguments.add(tree);
      arguments.add(names);
    }
    return arguments;
  }

  private static List<String> repeated(List<String> lines, int times) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.addAll(lines);
    }
    return all;
  }

  private static List<Path> write(
      Path folder,
      ZarrVersion version,
      List<ChunkCodec> codecs,
      Map<String, Tensor> tensors,
      String prefix) {
    List<Path> trees = new ArrayList<>();
    for (ChunkCodec codec : codecs) {
      Path tree = folder.resolve(prefix + version + "-" + trees.size() + ".zarr");
      Zarr.write(tree, tensors, Map.of("epoch", 3, "note", "x"), codec, version);
      assertSame(tree, tensors);
      trees.add(tree);
    }
    return trees;
  }

  @Test
  void zarrPythonReadsEveryTypeInEveryCodecOfVersion2() {
    Map<String, Tensor> state = state();
    List<Path> trees = trees(ZarrVersion.V2);
    assertThat(trees).hasSize(2 * 4);
    String attributes = "{\"epoch\":3,\"note\":\"x\",\"ringfold\":{\"version\":1}}";

    String printed = Foreign.python(ZarrScripts.PYTHON, ZarrScripts.PYTHON_READ, trees.toArray());

    assertLines(printed, repeated(pythonLines(attributes, state), trees.size()));
  }

  @Test
  void zarritaReadsEveryTypeInEveryCodecOfBothVersions() throws IOException {
    Map<String, Tensor> state = state();
    for (ZarrVersion version : ZarrVersion.values()) {
      List<Path> trees = trees(version);
      List<String> lines = zarritaLines(version, state);
      List<Object> arguments = zarritaArguments(version, trees, lines);

      String printed =
          Foreign.node(ZarrScripts.ZARRITA, ZarrScripts.ZARRITA_READ, arguments.toArray());

      assertLines(printed, repeated(lines, trees.size()));
    }
  }

  private static Map<String, Tensor> small() {
    Tensor tensor = SampleTensors.random(DType.INT32, new Random(SampleTensors.seed()), 50, 11);
    return Map.of("a/b", tensor);
  }

  @Test
  void chunksAtTheEdgeAndEveryLevelAreReadByZarrPython() {
    List<ChunkCodec> few =
        List.of(ChunkCodec.RAW, ChunkCodec.DEFAULT.shuffled(), ChunkCodec.of("lz4", 1));
    List<ChunkCodec> levels = levels(ZarrVersion.V2);
    assertThat(levels).hasSize(2 * (1 + 2 + 2 + 1));
    List<Object> trees = new ArrayList<>();
    trees.addAll(write(folder, ZarrVersion.V2, few, edges(), "edge-"));
    trees.addAll(write(folder, ZarrVersion.V2, levels, small(), "level-"));
    String attributes = "{\"epoch\":3,\"note\":\"x\",\"ringfold\":{\"version\":1}}";
    List<String> expected = repeated(pythonLines(attributes, edges()), few.size());
    expected.addAll(repeated(pythonLines(attributes, small()), levels.size()));

    String printed = Foreign.python(ZarrScripts.PYTHON, ZarrScripts.PYTHON_READ, trees.toArray());

    assertLines(printed, expected);
  }

  @Test
  void chunksAtTheEdgeAndEveryLevelAreReadByZarrita() throws IOException {
    List<ChunkCodec> few = List.of(ChunkCodec.RAW, ChunkCodec.DEFAULT);
    List<ChunkCodec> levels = levels(ZarrVersion.V3);
    assertThat(levels).hasSize(1 + 2 + 2);
    for (Map<String, Tensor> tensors : List.of(edges(), small())) {
      List<ChunkCodec> codecs = tensors.size() == 1 ? levels : few;
      List<Path> trees = write(folder, ZarrVersion.V3, codecs, tensors, tensors.size() + "-");
      List<String> lines = zarritaLines(ZarrVersion.V3, tensors);
      List<Object> arguments = zarritaArguments(ZarrVersion.V3, trees, lines);

      String printed =
          Foreign.node(ZarrScripts.ZARRITA, ZarrScripts.ZARRITA_READ, arguments.toArray());

      assertLines(printed, repeated(lines, trees.size()));
    }
  }

  @Test
  @Tag("smoke")
  void ourReaderReadsWhatIsWrittenAndTheBytesAreTheSameEachTime() throws IOException {
    Map<String, Tensor> state = state();
    for (ZarrVersion version : ZarrVersion.values()) {
      List<Path> first = trees(version);
      List<Path> again = write(folder, version, codecs(version).subList(0, 1), state, "again-");
      for (int i = 0; i < again.size(); i++) {
        assertThat(files(again.get(i))).isEqualTo(files(first.get(i)));
        assertThat(files(again.get(i))).hasSizeGreaterThan(state.size());
      }
    }
  }

  static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (var walked = Files.walk(root)) {
      for (Path file : walked.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), SampleTensors.sha256(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  private static void assertReads(Path tree, String printed, int least, boolean numpyTypes) {
    Map<String, Tensor> read = Zarr.read(tree).tensors();
    Map<String, String> expected = new TreeMap<>();
    printed.lines().forEach(line -> expected.put(line.substring(0, line.indexOf(' ')), line));
    Map<String, String> found = new TreeMap<>();
    read.forEach(
        (name, tensor) -> {
          String type =
              numpyTypes
                  ? NumpyTypes.name(tensor.dtype())
                  : tensor.dtype().name().toLowerCase(Locale.ROOT);
          found.put(name, line(name, type, tensor, ""));
        });
    assertThat(found).isEqualTo(expected);
    assertThat(found).hasSizeGreaterThanOrEqualTo(least);
  }

  @Test
  void readsWhatZarrPythonWrites() {
    Path tree = folder.resolve("foreign.zarr");
    String printed =
        Foreign.python(ZarrScripts.PYTHON, ZarrScripts.PYTHON_WRITE, tree, SampleTensors.seed());

    assertReads(tree, printed, 14 * 7 * 2 + 6, true);
  }

  @Test
  void readsWhatZarritaWrites() {
    Path tree = folder.resolve("foreign.zarr");
    String printed = Foreign.node(ZarrScripts.ZARRITA, ZarrScripts.ZARRITA_WRITE, tree);

    assertReads(tree, printed, 3 + 10 * 2 * 3, false);
    assertThat(Zarr.read(tree).attributes()).containsEntry("who", "zarrita");
  }

  @Test
  void namesThatAreAlsoGroupsOrFilesOfZarrAreKept() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    names.addAll(List.of("a", "a/b", "a/b/c", "x/zarr.json", "x/__y", "x/c/0", "z/0.0", "0"));
    names.add("long/" + "n".repeat(200));
    names.add(names.get(names.size() - 1) + "/" + "m".repeat(200));
    for (String name : names) {
      tensors.put(name, Tensor.of(new int[] {tensors.size()}, 1));
    }
    for (ZarrVersion version : ZarrVersion.values()) {
      Path tree = folder.resolve(version + ".zarr");
      Zarr.write(tree, tensors, Map.of(), ChunkCodec.RAW, version);

      assertSame(tree, new TreeMap<>(tensors));
    }
    assertThat(Files.isDirectory(folder.resolve("V2.zarr/~a~b"))).isTrue();
    String names2 =
        Foreign.python(
            ZarrScripts.PYTHON,
            "import sys, zarr; print(zarr.open_group(sys.argv[1], mode='r')['~a~b'][0])",
            folder.resolve("V2.zarr"));
    assertThat(names2).isEqualTo("1");
  }

  @Test
  void codecsThatNoReaderWouldReadAreRefusedAndNothingIsWritten() throws IOException {
    Path tree = folder.resolve("refused.zarr");
    Map<String, Tensor> tensors = Map.of("a", Tensor.of(new int[] {1}, 1));
    for (ChunkCodec codec : List.of(ChunkCodec.of("lz4", 1), ChunkCodec.DEFAULT.shuffled())) {
      assertThatThrownBy(() -> Zarr.write(tree, tensors, Map.of(), codec, ZarrVersion.V3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("version 3");
    }
    Files.createDirectory(tree);
    assertThatThrownBy(() -> Zarr.write(tree, tensors, Map.of(), ChunkCodec.RAW, ZarrVersion.V2))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("there already");
    assertThat(SampleTensors.names(folder)).containsExactly("refused.zarr");
  }

  @Test
  void aChunkThatIsMissingInOurOwnTreeIsDamageAndNotZeros() throws IOException {
    Path tree = folder.resolve("a.zarr");
    Map<String, Tensor> tensors = Map.of("a", Tensor.of(new int[] {1, 2}, 2));
    Zarr.write(tree, tensors, Map.of(), ChunkCodec.RAW, ZarrVersion.V2);
    Files.delete(tree.resolve("a/0"));

    assertThatThrownBy(() -> Zarr.read(tree))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a/0 is missing");
  }
}
