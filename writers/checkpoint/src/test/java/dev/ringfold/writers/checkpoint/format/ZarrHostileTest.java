// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static dev.ringfold.writers.checkpoint.format.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Zarr trees of people who mean harm. */
class ZarrHostileTest {
  private static final String V2 =
      "{\"zarr_format\":2,\"shape\":[4],\"chunks\":[4],\"dtype\":\"<i4\",\"order\":\"C\","
          + "\"fill_value\":0,\"compressor\":null,\"filters\":null}";
  private static final String V3 =
      "{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":[4],\"data_type\":\"int32\","
          + "\"chunk_grid\":{\"name\":\"regular\",\"configuration\":{\"chunk_shape\":[4]}},"
          + "\"chunk_key_encoding\":{\"name\":\"default\"},\"fill_value\":0,"
          + "\"codecs\":[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]}";

  @TempDir Path folder;

  private Path v2(String array) throws IOException {
    Path tree = folder.resolve("v2.zarr");
    Files.createDirectories(tree.resolve("a"));
    Files.writeString(tree.resolve(".zgroup"), "{\"zarr_format\":2}");
    Files.writeString(tree.resolve("a/.zarray"), array);
    return tree;
  }

  private Path v3(String array) throws IOException {
    Path tree = folder.resolve("v3.zarr");
    Files.createDirectories(tree.resolve("a"));
    Files.writeString(
        tree.resolve("zarr.json"), "{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{}}");
    Files.writeString(tree.resolve("a/zarr.json"), array);
    return tree;
  }

  @Test
  void theFramesOfTheseTestsAreGood() throws IOException {
    assertThat(Zarr.read(v2(V2)).tensors().get("a").toInts()).containsExactly(0, 0, 0, 0);
    assertThat(Zarr.read(v3(V3)).tensors().get("a").toInts()).containsExactly(0, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "\"<i4\";\"|O\";pickled objects",
        "\"<i4\";\"<U4\";texts",
        "\"<i4\";[[\"a\",\"<i4\"]];expected a string",
        "\"shape\":[4];\"shape\":[-4];dimension",
        "\"shape\":[4];\"shape\":[4.0];dimension",
        "\"shape\":[4];\"shape\":[4,4];dimensions",
        "\"shape\":[4];\"shape\":4;expected an array",
        "\"shape\":[4];\"shape\":[99999999999999999999];dimension",
        "\"shape\":[4];\"shape\":[9223372036854775807];shape",
        "\"shape\":[4];\"shape\":[1000000000000];maxTotalBytes",
        "\"shape\":[4];\"shape\":[20000000000];maxTotalBytes",
        "\"shape\":[4];\"shape\":[1000000000];chunks",
        "\"chunks\":[4];\"chunks\":[0];dimension",
        "\"chunks\":[4];\"chunks\":[-1];dimension",
        "\"chunks\":[4];\"chunks\":[9223372036854775807];shape",
        "\"chunks\":[4];\"chunks\":[1000000000];chunk of 4000000000",
        "\"order\":\"C\";\"order\":\"X\";order",
        "\"compressor\":null;\"compressor\":{\"id\":\"blosc\"};blosc",
        "\"compressor\":null;\"compressor\":{};'id'",
        "\"compressor\":null;\"compressor\":\"zstd\";expected an object",
        "\"filters\":null;\"filters\":[{\"id\":\"pickle\"}];shuffle",
        "\"filters\":null;\"filters\":[{\"id\":\"shuffle\",\"elementsize\":0}];elementsize",
        "\"fill_value\":0;\"fill_value\":\"x\";fill value",
        "\"fill_value\":0;\"fill_value\":4294967296;fill value",
        "\"fill_value\":0;\"fill_value\":0,\"dimension_separator\":\"..\";as dimension_separator",
        "\"zarr_format\":2;\"zarr_format\":3;zarr_format",
        "\"zarr_format\":2;\"zarr_format\":2,\"zarr_format\":2;twice"
      },
      delimiter = ';')
  void arraysThatCannotBeReadAreRefusedByName(String part, String by, String message)
      throws IOException {
    assertThat(V2).contains(part);
    Path tree = v2(V2.replace(part, by));
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "int32|r128|not known",
        "\"node_type\":\"array\"|\"node_type\":\"x\"|expected a group",
        "\"regular\"|\"rectangular\"|rectangular",
        "\"default\"|\"other\"|other",
        "\"codecs\":[|\"codecs\":[{\"name\":\"transpose\"},|transpose",
        "\"little\"|\"middle\"|byte order",
        "\"endian\":\"little\"||byte order",
        "}}]}|}},{\"name\":\"zstd\"},{\"name\":\"zstd\"}]}|zstd",
        "}}]}|}},{\"name\":\"sharding_indexed\"}]}|sharding_indexed",
        "}}]}|}}],\"storage_transformers\":[{}]}|storage transformers",
        "\"chunk_shape\":[4]|\"chunk_shape\":[0]|dimension",
        "\"shape\":[4]|\"shape\":[1000000000]|chunks"
      },
      delimiter = '|')
  void arraysOfVersion3ThatCannotBeReadAreRefusedByName(String part, String by, String message)
      throws IOException {
    assertThat(V3).contains(part);
    Path tree = v3(V3.replace(part, by == null ? "" : by));
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining(message);
  }

  @Test
  void zerosThatNobodyStoredAreNoWayToTakeMemory() throws IOException {
    String large = V2.replace("\"shape\":[4]", "\"shape\":[250000000]");
    Path tree = v2(large.replace("\"chunks\":[4]", "\"chunks\":[250000000]"));
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining("maxRatio");
    // A chunk that is there, and grows; the array itself has one element.
    Path second = folder.resolve("chunk.zarr");
    Zarr.write(
        second,
        Map.of("a", Tensor.of(new byte[4 << 20], 4 << 20)),
        Map.of(),
        ChunkCodec.DEFAULT,
        ZarrVersion.V2);
    Path array = second.resolve("a/.zarray");
    Files.writeString(
        array,
        Files.readString(array)
            .replace("\"shape\":[4194304]", "\"shape\":[1]")
            .replace("\"chunks\":[4194304]", "\"chunks\":[1000000000]"));
    assertRefused(() -> Zarr.read(second)).hasMessageContaining("maxRatio");
  }

  @Test
  void chunksOfTheWrongLengthOrContentAreRefused() throws IOException {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> tensors = Map.of("a", SampleTensors.random(DType.INT32, random, 100));
    for (String codec : new String[] {"none", "zstd", "gzip", "lz4"}) {
      for (boolean shuffle : new boolean[] {false, true}) {
        ChunkCodec chosen = ChunkCodec.of(codec, codec.equals("none") ? 0 : 1);
        Path tree = folder.resolve(codec + shuffle + ".zarr");
        ChunkCodec all = shuffle ? chosen.shuffled() : chosen;
        Zarr.write(tree, tensors, Map.of(), all, ZarrVersion.V2);
        Path chunk = tree.resolve("a/0");
        byte[] bytes = Files.readAllBytes(chunk);
        for (int length : new int[] {0, 1, 4, bytes.length - 1, bytes.length + 1, 9_999}) {
          Files.write(chunk, java.util.Arrays.copyOf(bytes, length));
          assertRefused(() -> Zarr.read(tree));
        }
        Files.write(chunk, new byte[4 << 20]);
        assertRefused(() -> Zarr.read(tree));
      }
    }
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path secret = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(secret.resolve("0"), "0123456789abcdef");
    Files.writeString(secret.resolve(".zarray"), V2);
    Path tree = v2(V2);
    Files.createSymbolicLink(tree.resolve("a/0"), secret.resolve("0"));
    assertRefused(() -> Zarr.read(tree));
    Files.delete(tree.resolve("a/0"));

    Files.createSymbolicLink(tree.resolve("b"), secret);
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining("symbolic link");
    Files.delete(tree.resolve("b"));

    Path nested =
        v2(
            V2.replace("\"shape\"", "\"dimension_separator\":\"/\",\"shape\"")
                .replace("[4]", "[4,1]"));
    Files.createSymbolicLink(nested.resolve("a/0"), secret);
    assertRefused(() -> Zarr.read(nested)).hasMessageContaining("symbolic link");
  }

  @Test
  void deepAndWideTreesAreRefused() throws IOException {
    Path deep = folder.resolve("deep.zarr");
    Path at = deep;
    for (int i = 0; i < 70; i++) {
      Files.createDirectories(at);
      Files.writeString(at.resolve(".zgroup"), "{\"zarr_format\":2}");
      at = at.resolve("g");
    }
    assertRefused(() -> Zarr.read(deep)).hasMessageContaining("maxDepth");

    Path tree = v2(V2);
    FormatLimits d = FormatLimits.DEFAULT;
    FormatLimits few =
        new FormatLimits(d.maxFileBytes(), d.maxTotalBytes(), d.maxHeaderBytes(), 20, 64, 100);
    for (int i = 0; i < 30; i++) {
      Files.createDirectory(tree.resolve("d" + i));
    }
    assertRefused(() -> Zarr.read(tree, few)).hasMessageContaining("maxEntries");
    assertThat(Zarr.read(tree).tensors()).hasSize(1);
  }

  @Test
  void hostileJsonAndNamesAreRefused() throws IOException {
    Path deep = v2("{\"a\":".repeat(100_000));
    assertRefused(() -> Zarr.read(deep));
    Path large = v2(V2 + " ".repeat(2 << 20));
    assertRefused(() -> Zarr.read(large)).hasMessageContaining("maxFileBytes");
    Path tree = v2(V2);
    Files.writeString(tree.resolve("a/.zattrs"), "{\"ringfold_name\":\"../../x\"}");
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining("../../x");
    Files.writeString(tree.resolve("a/.zattrs"), "{\"ringfold_dtype\":\"bfloat16\"}");
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining("ringfold_dtype");
    Files.delete(tree.resolve("a/.zattrs"));
    Files.createDirectory(tree.resolve("b c"));
    Files.writeString(tree.resolve("b c/.zarray"), V2);
    assertRefused(() -> Zarr.read(tree)).hasMessageContaining("b c");
  }

  @Test
  void whatIsNoTreeIsSaidSo() throws IOException {
    assertRefused(() -> Zarr.read(folder)).hasMessageContaining("no Zarr group");
    assertRefused(() -> Zarr.read(folder.resolve("absent"))).hasMessageContaining("no Zarr group");
    Path array = v2(V2).resolve("a");
    assertRefused(() -> Zarr.read(array)).hasMessageContaining("outermost group");
  }
}
