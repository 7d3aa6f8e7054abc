// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class Hdf5StatesTest {
  /** Writes files in the layout with h5py, as its users do. */
  private static final String H5PY_WRITER =
      """
      import sys, json, hashlib, h5py, numpy as np
      path, libver, compression, strings, places, order = sys.argv[1:7]
      n_states = 12
      rng = np.random.default_rng(5)
      comp = None if compression == 'none' else compression
      with h5py.File(path, 'w', libver=libver) as f:
          f.attrs['schema_version'] = '1.0'
          f.attrs['created'] = '2025-06-30T12:00:00'
          f.attrs['description'] = 'Quantum Memory Storage'
          for g in ('quantum_states', 'checkpoints', 'index'):
              f.create_group(g)
          def save(where, state_id, i):
              v = rng.standard_normal(2 ** 10) + 1j * rng.standard_normal(2 ** 10)
              v = (v / np.linalg.norm(v)).astype(order + 'c16')
              g = f.create_group(f'{where}/{state_id}')
              m = g.create_group('metadata')
              m.attrs['version'] = '2.0'
              m.attrs['n_qubits'] = np.int32(10) if i % 2 else 10
              m.attrs['timestamp'] = '2025-06-30T12:34:%02d.123456' % (i % 60)
              m.attrs['compression'] = compression
              m.attrs['checksum'] = hashlib.sha256(v.astype('<c16').tobytes()).hexdigest()
              q = g.create_group('quantum_data')
              kw = dict(compression=comp) if comp else {}
              if comp == 'gzip':
                  kw.update(compression_opts=6, shuffle=True, fletcher32=(i % 3 == 0))
              if i % 4 == 1 and comp:
                  kw['chunks'] = (100,)
              q.create_dataset('state_vector', data=v, **kw)
              t = q.create_group('mps_tensors')
              for k in range(10):
                  t.create_dataset(f'tensor_{k}', data=np.full((2, 2, 2), k + 1j * i), **kw)\
       if not kw.get('chunks') else t.create_dataset(f'tensor_{k}', data=np.full((2, 2, 2), k + 1j * i))
              t.attrs['n_tensors'] = 10
              t.attrs['bond_dimension'] = 2
              c = g.create_group('classical_data')
              c.create_dataset('pad_values', data=np.array([0.1, 0.2, i]))
              if places == 'attributes':
                  c.attrs['confidence'] = np.float64(0.75)
              else:
                  c.create_dataset('confidence', data=0.75)
              cache = json.dumps([{'counts': {'00': i}}, 'ü'], ensure_ascii=False)
              c.create_dataset('measurement_cache',
                               data=np.bytes_(cache.encode()) if strings == 'fixed' else cache)
              e = g.create_group('emotional_context')
              e.create_dataset('recent_emotions', data=np.arange(6, dtype=float).reshape(2, 3))
              e.create_dataset('trajectory', data=np.zeros((0, 3)))
              if places == 'attributes':
                  e.attrs['stability'] = 0.5
              else:
                  e.create_dataset('stability', data=np.float64(0.5))
              return v
          for i in range(n_states):
              state_id = f'state-{n_states - i:03d}'
              v = save('quantum_states', state_id, i)
              ix = f['index']
              if strings == 'fixed':
                  if 'chronological' not in ix:
                      ix.create_dataset('chronological', data=np.array([state_id], dtype='S64'),
                                        maxshape=(None,), chunks=True)
                  else:
                      d = ix['chronological']
                      d.resize((d.shape[0] + 1,))
                      d[-1] = state_id.encode()
              ix.attrs['latest'] = state_id
              ix.attrs['count'] = i + 1
          if strings != 'fixed':
              f['index'].create_dataset('chronological', dtype=h5py.string_dtype(),
                                        data=[f'state-{n_states - i:03d}' for i in range(n_states)])
          save('checkpoints', 'experiment_start', 77)
          print(repr(float(v[3].real)), repr(float(v[3].imag)))
      """;

  @TempDir Path folder;

  private static List<QuantumState> samples() {
    List<QuantumState> states = new ArrayList<>();
    states.add(SampleStates.full("first", 3, 1));
    states.add(SampleStates.recipeOnly("recipe-ü", 40));
    states.add(SampleStates.plain("ghz", SampleStates.ghz(12)));
    for (int i = 0; i < 40; i++) {
      states.add(SampleStates.full("state-" + i, 1 + i % 6, i));
    }
    return states;
  }

  @Test
  void everyPartComesBack() {
    Path file = folder.resolve("q.h5");
    List<QuantumState> states = samples();
    Hdf5States.write(
        file, states, List.of(SampleStates.full("experiment_start", 4, 9)), Options.DEFAULT);

    try (Hdf5StateFile open = Hdf5States.open(file)) {
      assertThat(open.ids())
          .containsExactlyElementsOf(states.stream().map(QuantumState::id).toList());
      for (QuantumState state : states) {
        assertThat(open.read(state.id())).isEqualTo(state);
      }
      assertThat(open.checkpointIds()).containsExactly("experiment_start");
      assertThat(open.readCheckpoint("experiment_start"))
          .isEqualTo(SampleStates.full("experiment_start", 4, 9));
      assertThat(open.entry("ghz").vector()).isTrue();
      assertThat(open.entry("ghz").compression()).isEqualTo("gzip");
      assertThat(open.entry("recipe-ü").vector()).isFalse();
    }
  }

  @Test
  void statesWithoutCompressionAndFilesWithoutStatesAreRead() {
    Path file = folder.resolve("q.h5");
    QuantumState state = SampleStates.full("s", 8, 1);
    Hdf5States.write(file, List.of(state), List.of(), new Options(0, true, "plain", Instant.EPOCH));
    assertThat(Hdf5States.read(file, "s")).isEqualTo(state);

    Hdf5States.write(file, List.of());
    try (Hdf5StateFile open = Hdf5States.open(file)) {
      assertThat(open.ids()).isEmpty();
      assertThat(open.checkpointIds()).isEmpty();
    }
  }

  @Test
  void theSameStatesGiveTheSameBytes() {
    Hdf5States.write(folder.resolve("1.h5"), samples());
    Hdf5States.write(folder.resolve("2.h5"), samples());

    assertThat(folder.resolve("1.h5")).hasSameBinaryContentAs(folder.resolve("2.h5"));
  }

  @Test
  void h5pyReadsTheWholeLayout() {
    Path file = folder.resolve("q.h5");
    QuantumState state = SampleStates.full("first", 12, 1);
    Hdf5States.write(
        file,
        List.of(state, SampleStates.recipeOnly("recipe", 40)),
        List.of(SampleStates.full("start", 2, 3)),
        Options.DEFAULT);

    String said =
        Foreign.python(
            List.of("h5py", "numpy"),
            """
            import sys, json, hashlib, h5py, numpy as np
            f = h5py.File(sys.argv[1], 'r')
            assert dict(f.attrs) == {'schema_version': '1.0', 'created': f.attrs['created'],
                                     'description': 'Quantum Memory Storage'}, dict(f.attrs)
            assert sorted(f) == ['checkpoints', 'index', 'quantum_states']
            s = f['quantum_states/first']
            assert sorted(s) == ['classical_data', 'emotional_context', 'metadata', 'quantum_data']
            m = s['metadata'].attrs
            assert m['version'] == '2.0' and int(m['n_qubits']) == 12 and m['compression'] == 'gzip'
            assert m['timestamp'] == '2025-06-30T12:34:56.790Z'
            v = s['quantum_data/state_vector']
            assert v.dtype == np.complex128 and v.shape == (4096,), v
            assert v.compression == 'gzip' and v.shuffle and v.chunks == (4096,), v.chunks
            assert hashlib.sha256(v[:].tobytes()).hexdigest() == m['checksum']
            t = s['quantum_data/mps_tensors']
            assert t.attrs['n_tensors'] == 12 and t.attrs['bond_dimension'] == 2
            assert [t[f'tensor_{i}'].dtype for i in range(12)] == [np.complex128] * 12
            assert t['tensor_0'].shape == (1, 2, 2) and t['tensor_11'].shape == (2, 2, 1)
            c = s['classical_data']
            assert c['pad_values'].dtype == np.float64 and list(c['pad_values']) == [0.7, 0.5, 0]
            assert c['confidence'].shape == () and c['confidence'][()] == 0.95
            assert c.attrs['confidence'] == 0.95
            cache = json.loads(c['measurement_cache'][()].decode('utf-8'))
            assert cache[0]['counts'] == {'00': 500}
            e = s['emotional_context']
            assert e['recent_emotions'].shape == (4, 3) and e['trajectory'].shape == (9, 3)
            assert e['stability'][()] == 0.8 == e.attrs['stability']
            r = f['quantum_states/recipe']
            assert 'state_vector' not in r['quantum_data']
            assert r['quantum_data'].attrs['policy'] == 'RECIPE' == r['metadata'].attrs['policy']
            recipe = r['metadata/recipe'][()]
            assert hashlib.sha256(recipe).hexdigest() == r['metadata'].attrs['checksum']
            k = f['checkpoints/start']
            assert sorted(k) == sorted(s)
            i = f['index']
            assert i['chronological'].dtype == 'S64', i['chronological'].dtype
            assert list(i['chronological']) == [b'first', b'recipe']
            assert i.attrs['latest'] == 'recipe' and i.attrs['count'] == 2
            print(repr(float(v[5].imag)))
            """,
            file);

    assertThat(said).isEqualTo(Double.toString(Objects.requireNonNull(state.vector())[11]));
  }

  @Test
  void h5dumpAcceptsTheFile() {
    Path file = folder.resolve("q.h5");
    Hdf5States.write(file, samples());

    String header = Foreign.tool("h5dump", "-pH", file);
    String content =
        Foreign.tool("h5dump", "-d", "/quantum_states/first/quantum_data/state_vector", file);

    assertThat(header)
        .contains(
            "H5T_IEEE_F64LE \"r\";", "H5T_IEEE_F64LE \"i\";", "COMPRESSION DEFLATE { LEVEL 6 }")
        .contains("PREPROCESSING SHUFFLE", "ATTRIBUTE \"bond_dimension\"", "STRSIZE 64;");
    assertThat(content).contains("DATASPACE  SIMPLE { ( 8 ) / ( 8 ) }", "(7): {");
  }

  @ParameterizedTest
  @CsvSource({
    "earliest, gzip, fixed, attributes, <",
    "earliest, none, variable, datasets, >",
    "latest, gzip, fixed, datasets, <",
    "latest, gzip, variable, attributes, >",
    "latest, none, fixed, attributes, <",
    "earliest, lzf, fixed, datasets, <",
    "latest, lzf, fixed, datasets, <",
    "v108, gzip, fixed, attributes, <",
    "v110, gzip, fixed, attributes, >"
  })
  void filesOfH5pyAreRead(
      String libver, String compression, String strings, String places, String order) {
    Path file = folder.resolve("theirs.h5");
    String last =
        Foreign.python(
            List.of("h5py", "numpy"),
            H5PY_WRITER,
            file,
            libver,
            compression,
            strings,
            places,
            order);

    try (Hdf5StateFile open = Hdf5States.open(file)) {
      assertThat(open.ids()).hasSize(12).startsWith("state-012", "state-011").endsWith("state-001");
      for (String id : open.ids()) {
        QuantumState state = open.read(id);
        int i = 12 - Integer.parseInt(id.substring(6));
        assertThat(state.qubits()).isEqualTo(10);
        assertThat(state.vector()).hasSize(2_048);
        assertThat(state.mps()).hasSize(10);
        assertThat(state.mps().get(3).toDoubles()).startsWith(3, i).hasSize(16);
        assertThat(state.bondDimension()).isEqualTo(2);
        assertThat(state.padValues()).containsExactly(0.1, 0.2, i);
        assertThat(state.confidence()).isEqualTo(0.75);
        assertThat(state.measurementCache())
            .containsExactly(Map.of("counts", Map.of("00", (long) i)), "ü");
        assertThat(state.emotional().recentEmotions())
            .isDeepEqualTo(new double[][] {{0, 1, 2}, {3, 4, 5}});
        assertThat(state.emotional().trajectory()).isEmpty();
        assertThat(state.emotional().stability()).isEqualTo(0.5);
        assertThat(state.timestamp())
            .isEqualTo(Instant.parse("2025-06-30T12:34:56.123Z").minusSeconds(56 - i));
      }
      double[] vector = open.read("state-001").vector();
      assertThat(Objects.requireNonNull(vector)[6] + " " + vector[7]).isEqualTo(last);
      assertThat(open.readCheckpoint("experiment_start").mps().get(9).toDoubles())
          .startsWith(9, 77);
    }
  }

  @Test
  void aWrongChecksumOfH5pyIsFound() {
    Path file = folder.resolve("theirs.h5");
    Foreign.python(
        List.of("h5py", "numpy"),
        H5PY_WRITER
            + "\nwith h5py.File(path, 'a') as f:\n"
            + "    f['quantum_states/state-003/quantum_data/state_vector'][5] = 1\n",
        file,
        "earliest",
        "gzip",
        "fixed",
        "attributes",
        "<");

    assertThatThrownBy(() -> Hdf5States.read(file, "state-003"))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("theirs.h5", "state-003");
    assertThat(Hdf5States.read(file, "state-004").qubits()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s['classical_data/confidence'][()] = 0.5",
        "s['classical_data/pad_values'][1] = 0.25",
        "s['emotional_context/trajectory'][2, 1] = 0",
        "s['quantum_data/mps_tensors/tensor_1'][0, 0, 0] = 1j",
        "s['quantum_data/state_vector'][3] = 0",
        "s['quantum_data/mps_tensors'].attrs['bond_dimension'] = 3",
        "s['metadata'].attrs['timestamp'] = '2025-06-30T12:34:56.788Z'",
        "s['metadata'].attrs['metadata_checksum'] = '0' * 64",
        "t = s['classical_data/measurement_cache'][()]; del s['classical_data/measurement_cache'];"
            + " s['classical_data/measurement_cache'] = t.replace(b'500', b'501')"
      })
  void whatWasChangedInAFileOfOursIsFound(String change) {
    Path file = folder.resolve("q.h5");
    Hdf5States.write(file, List.of(SampleStates.full("s", 3, 1)));
    Foreign.python(
        List.of("h5py", "numpy"),
        "import sys, h5py\n"
            + "with h5py.File(sys.argv[1], 'r+') as f:\n"
            + "    s = f['quantum_states/s']\n"
            + "    "
            + change
            + "\n",
        file);

    assertThatThrownBy(() -> Hdf5States.read(file, "s"))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("q.h5", "of s");
  }

  @Test
  void idsOverSixtyFourBytesAndAttributesOverSixtyFourKibibytesAreRefusedByName() throws Exception {
    Path file = folder.resolve("q.h5");
    String longId = "x".repeat(65);
    assertThatThrownBy(
            () -> Hdf5States.write(file, List.of(SampleStates.plain(longId, SampleStates.ghz(2)))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(longId)
        .hasMessageContaining("65 bytes");
    assertThatThrownBy(
            () ->
                Hdf5States.write(
                    file,
                    List.of(),
                    List.of(),
                    new Options(6, true, "x".repeat(70_000), Instant.EPOCH)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("'description'");
    QuantumState state = SampleStates.plain("twice", SampleStates.ghz(2));
    assertThatThrownBy(() -> Hdf5States.write(file, List.of(state, state)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("'twice' is twice");
    assertThat(Files.list(folder)).isEmpty();
  }

  @Test
  void anIdOfExactlySixtyFourBytesIsTaken() {
    Path file = folder.resolve("q.h5");
    QuantumState state = SampleStates.plain("ü".repeat(32), SampleStates.ghz(2));
    Hdf5States.write(file, List.of(state));

    try (Hdf5StateFile open = Hdf5States.open(file)) {
      assertThat(open.ids()).containsExactly(state.id());
      assertThat(open.read(state.id())).isEqualTo(state);
    }
  }

  @Test
  void aStateThatIsNotThereIsRefusedWithOthers() {
    Path file = folder.resolve("q.h5");
    Hdf5States.write(file, samples());

    assertThatThrownBy(() -> Hdf5States.read(file, "frist"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("'frist'")
        .hasMessageContaining("such as first, ghz");
  }
}
