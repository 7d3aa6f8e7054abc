// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The safetensors format, with another reader and writer of it that knows only its description. */
class SafetensorsTest {
  /** What the format's own library checks, in Python. */
  private static final String READ =
      """
      import hashlib, json, struct, sys
      import numpy as np
      types = {'BOOL': '?', 'I8': 'i1', 'I16': '<i2', 'I32': '<i4', 'I64': '<i8', 'U8': 'u1',
               'U16': '<u2', 'U32': '<u4', 'U64': '<u8', 'F16': '<f2', 'BF16': '<u2',
               'F32': '<f4', 'F64': '<f8'}
      data = open(sys.argv[1], 'rb').read()
      length, = struct.unpack('<Q', data[:8])
      header = json.loads(data[8:8 + length].decode('utf-8'))
      body = data[8 + length:]
      assert length % 8 == 0 and data[8:9] == b'{'
      print(json.dumps(header.pop('__metadata__', {}), sort_keys=True, ensure_ascii=False))
      end = 0
      for name, info in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
          begin, after = info['data_offsets']
          assert begin == end, name
          end = after
          dtype = np.dtype(types[info['dtype']])
          assert (8 + length + begin) % dtype.itemsize == 0, name
          a = np.frombuffer(body[begin:end], dtype).reshape(info['shape'])
          print(name, info['dtype'], ','.join(map(str, a.shape)),
                hashlib.sha256(a.tobytes()).hexdigest())
      assert end == len(body)
      """;

  private static final String WRITE =
      """
      import json, struct, sys
      import numpy as np
      random = np.random.default_rng(7)
      header, body = {}, b''
      for name, dtype in {'BOOL': '?', 'I8': 'i1', 'I16': '<i2', 'I32': '<i4', 'I64': '<i8',
                          'U8': 'u1', 'U16': '<u2', 'U32': '<u4', 'U64': '<u8', 'F16': '<f2',
                          'BF16': '<u2', 'F32': '<f4', 'F64': '<f8', 'C64': '<c8'}.items():
          for shape in [(), (0,), (3,), (2, 0), (3, 2, 1)]:
              a = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
              raw = a.tobytes()
              header[f'{name}.{len(shape)}.{a.size}'] = {
                  'data_offsets': [len(body), len(body) + len(raw)], 'shape': shape,
                  'dtype': name}
              body += raw
      header = dict(reversed(list(header.items())))
      header['__metadata__'] = {'format': 'pt', 'ümlaut': 'x\\ty'}
      text = json.dumps(header, indent=1).encode() + b'   '
      open(sys.argv[1], 'wb').write(struct.pack('<Q', len(text)) + text + body)
      """;

  @TempDir Path folder;

  private static Map<String, Tensor> state() {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      for (long[] shape : SampleTensors.SHAPES) {
        String name = "layer" + state.size() + ".0/" + dtype + ":0";
        state.put(name, SampleTensors.random(dtype, random, shape));
      }
    }
    return state;
  }

  @Test
  @Tag("smoke")
  void everyTypeAndShapeIsReadByAnotherReaderAndByOurs() {
    Map<String, Tensor> state = state();
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, state, Map.of("note", "a \"quoted\"\nline, ü", "epoch", "3"));

    SafetensorsFile read = Safetensors.read(file);
    assertThat(read.tensors().keySet()).containsExactlyInAnyOrderElementsOf(state.keySet());
    state.forEach(
        (name, tensor) ->
            assertThat(read.tensors().get(name).contentEquals(tensor)).as(name).isTrue());
    assertThat(read.metadata())
        .containsExactly(Map.entry("epoch", "3"), Map.entry("note", "a \"quoted\"\nline, ü"));

    List<String> lines = Foreign.python(List.of("numpy"), READ, file).lines().toList();
    assertThat(lines.get(0)).contains("\"epoch\": \"3\"", "\"ringfold.complex\": \"layer");
    List<String> expected = new ArrayList<>();
    state.forEach(
        (name, tensor) -> {
          boolean complex = tensor.dtype().kind() == 'c';
          String shape = SampleTensors.shape(tensor);
          expected.add(
              String.join(
                  " ",
                  name,
                  SafetensorsEntry.typeName(SafetensorsEntry.stored(tensor.dtype())),
                  !complex ? shape : shape.isEmpty() ? "2" : shape + ",2",
                  SampleTensors.sha256(tensor)));
        });
    assertThat(lines.subList(1, lines.size())).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void readsWhatAnotherWriterWrites() {
    Path file = folder.resolve("a.safetensors");
    Foreign.python(List.of("numpy"), WRITE, file);

    SafetensorsFile read = Safetensors.read(file);

    assertThat(read.metadata())
        .containsExactly(Map.entry("format", "pt"), Map.entry("ümlaut", "x\ty"));
    assertThat(read.tensors()).hasSize(14 * 5);
    assertThat(read.tensors().get("I64.3.6").toLongs()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(read.tensors().get("F32.1.3").toFloats()).containsExactly(0, 1, 2);
    assertThat(read.tensors().get("C64.1.3").toFloats()).containsExactly(0, 0, 1, 0, 2, 0);
    assertThat(read.tensors().get("BF16.1.3")).hasToString("BFLOAT16[3]");
    assertThat(read.tensors().get("F16.2.0")).hasToString("FLOAT16[2, 0]");
    assertThat(read.tensors().get("F64.0.1").toDoubles()).containsExactly(0);
    assertThat(read.tensors().get("BOOL.3.6").toBytes()).containsExactly(0, 1, 1, 1, 1, 1);
  }

  @Test
  void theSameTensorsGiveTheSameBytesWhateverTheirOrder() {
    Map<String, Tensor> reversed = new TreeMap<>(Collections.reverseOrder());
    reversed.putAll(state());
    Path first = folder.resolve("1.safetensors");
    Path second = folder.resolve("2.safetensors");
    Safetensors.write(first, state(), new TreeMap<>(Map.of("a", "1", "b", "2")));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("b", "2");
    metadata.put("a", "1");
    Safetensors.write(second, reversed, metadata);

    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void noTensorAtAllIsAFileToo() throws IOException {
    Path file = folder.resolve("none.safetensors");
    Safetensors.write(file, Map.of());

    assertThat(Safetensors.read(file).tensors()).isEmpty();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getLong()).isEqualTo(8);
    assertThat(bytes.remaining()).isEqualTo(8);
  }

  @Test
  void reservedNamesAreNotWritten() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Tensor tensor = Tensor.of(new int[] {1}, 1);
    assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", tensor)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Safetensors.write(file, Map.of("a/../b", tensor)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Safetensors.write(file, Map.of("a", tensor), Map.of(Safetensors.COMPLEX, "a")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SampleTensors.names(folder)).isEmpty();
  }
}
