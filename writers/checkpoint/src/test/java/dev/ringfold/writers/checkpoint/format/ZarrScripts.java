// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import java.util.List;

/** Programs of other readers and writers of Zarr. */
public final class ZarrScripts {
  /** What {@link #PYTHON_READ} and {@link #PYTHON_WRITE} need. */
  public static final List<String> PYTHON = List.of("zarr", "numpy");

  /** What the others need. */
  public static final List<String> ZARRITA = List.of("zarrita");

  /**
   * Arguments: trees of version 2. Prints for each its root's attributes, then for every array
   * name, type, shape, SHA-256 of its elements; walks the directories and the consolidated
   * metadata.
   */
  public static final String PYTHON_READ =
      """
      import hashlib, json, sys
      import numpy as np
      import zarr

      def arrays(group):
          found = {}
          def visit(name, item):
              if isinstance(item, zarr.Array):
                  found[name] = item
          group.visititems(visit)
          return found

      for path in sys.argv[1:]:
          root = zarr.open_group(path, mode='r')
          print(json.dumps(root.attrs.asdict(), sort_keys=True, separators=(',', ':')))
          walked, consolidated = arrays(root), arrays(zarr.open_consolidated(path, mode='r'))
          assert list(walked) == list(consolidated), path
          for name, array in sorted(walked.items()):
              elements = np.asarray(array[...])
              again = np.asarray(consolidated[name][...])
              assert elements.tobytes() == again.tobytes(), name
              print(name, array.dtype.str, ','.join(map(str, array.shape)),
                    hashlib.sha256(elements.tobytes()).hexdigest())
      """;

  /**
   * Arguments: version, then tree and a file with a name of an array on each line, several times.
   * Prints as {@link #PYTHON_READ}, without attributes.
   */
  public static final String ZARRITA_READ =
      """
      import { createHash } from 'node:crypto'
      import { readFileSync } from 'node:fs'
      import * as zarr from 'zarrita'
      import FileSystemStore from '@zarrita/storage/fs'
      // Node 20 has none yet; zarrita only asks for a class with elements of two bytes.
      globalThis.Float16Array ??= class Float16Array extends Uint16Array {}
      const [version, ...rest] = process.argv.slice(2)
      const open = version === '2' ? zarr.open.v2 : zarr.open.v3
      for (let i = 0; i < rest.length; i += 2) {
        const root = zarr.root(new FileSystemStore(rest[i]))
        await open(root, { kind: 'group' })
        for (const name of readFileSync(rest[i + 1], 'utf8').split('\\n').filter(Boolean)) {
          const array = await open(new zarr.Location(root.store, '/' + name), { kind: 'array' })
          // Of a scalar, get gives a number and no bytes; of no elements it gives an error.
          const { data } = array.shape.length === 0 ? await array.getChunk([])
            : array.shape.includes(0) ? { data: new Uint8Array() } : await zarr.get(array)
          const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
          const hash = createHash('sha256').update(bytes).digest('hex')
          console.log(name + ' ' + array.dtype + ' ' + array.shape.join(',') + ' ' + hash)
        }
      }
      """;

  /**
   * Arguments: tree, seed. Writes version 2 in every type, byte order, order of axes, compression,
   * shuffle and separator that can be read here, prints as {@link #PYTHON_READ} with little-endian
   * elements in C order.
   */
  public static final String PYTHON_WRITE =
      """
      import hashlib, sys
      import numpy as np
      import zarr
      from numcodecs import GZip, LZ4, Shuffle, Zstd
      root = zarr.open_group(sys.argv[1], mode='w')
      random = np.random.default_rng(int(sys.argv[2]))
      types = ['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16']
      shapes = [((), ()), ((0,), (1,)), ((7,), (3,)), ((4, 0, 3), (2, 1, 3)), ((3, 5), (2, 2)),
                ((2, 3, 4), (2, 3, 4)), ((5, 4, 3), (9, 2, 2))]
      compressors = [None, Zstd(1), GZip(6), LZ4(1)]
      count = 0
      for kind in types:
          for shape, chunks in shapes:
              little = np.dtype(kind).newbyteorder('<')
              raw = random.bytes(int(np.prod(shape, dtype=int)) * little.itemsize)
              if kind == 'b1':
                  raw = bytes(b & 1 for b in raw)
              a = np.frombuffer(raw, little).reshape(shape)
              for order in '<>':
                  dtype = little.newbyteorder(order)
                  filters = [Shuffle(little.itemsize)] if count % 3 == 1 else None
                  name = f'g{count % 5}/a{count}'
                  array = root.create_dataset(
                      name, shape=shape, chunks=chunks or True, dtype=dtype,
                      compressor=compressors[count % 4], filters=filters, order='CF'[count % 2],
                      dimension_separator='./'[count // 2 % 2], fill_value=0)
                  array[...] = a
                  found = np.asarray(array[...]).astype(little)
                  print(name, little.str, ','.join(map(str, shape)),
                        hashlib.sha256(found.tobytes()).hexdigest())
                  count += 1
      for number, (dtype, fill) in enumerate([('<f4', 'nan'), ('>f8', -2.5), ('<i2', -3),
                                              ('|b1', True), ('<u8', 2 ** 64 - 1), ('<c8', 1 + 2j)]):
          array = root.create_dataset(f'fill{number}', shape=(5, 4), chunks=(2, 2), dtype=dtype,
                                      fill_value=np.dtype(dtype).type(fill),
                                      compressor=Zstd(3), write_empty_chunks=False)
          array[1:3, 0] = 1
          found = array[...].astype(array.dtype.newbyteorder('<'))
          print(f'fill{number}', found.dtype.str, '5,4', hashlib.sha256(found.tobytes()).hexdigest())
      """;

  /** Arguments: tree. Writes version 3; prints as {@link #ZARRITA_READ}. */
  public static final String ZARRITA_WRITE =
      """
      import { createHash } from 'node:crypto'
      import * as zarr from 'zarrita'
      import FileSystemStore from '@zarrita/storage/fs'
      const root = zarr.root(new FileSystemStore(process.argv[2]))
      await zarr.create(root, { attributes: { who: 'zarrita' } })
      const types = { bool: null, int8: Int8Array, int16: Int16Array, int32: Int32Array,
        int64: BigInt64Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array,
        uint64: BigUint64Array, float32: Float32Array, float64: Float64Array }
      const compressions = [[], [{ name: 'zstd', configuration: { level: 3 } }],
        [{ name: 'numcodecs.lz4', configuration: { acceleration: 1 } }]]
      let count = 0
      for (const [dtype, Type] of Object.entries(types)) {
        for (const endian of ['little', 'big']) {
          for (const [shape, chunkShape] of [[[6], [4]], [[3, 5], [2, 2]], [[2, 3, 2], [2, 1, 2]]]) {
            if (Type === null && endian === 'big') continue
            const size = shape.reduce((a, b) => a * b, 1)
            const numbers = Array.from({ length: size }, (_, i) => i * 3 + count)
            const big = dtype.endsWith('64') && !dtype.startsWith('f')
            const values = Type === null ? numbers.map((n) => n % 2)
              : Type.from(big ? numbers.map(BigInt) : numbers)
            const codecs = [{ name: 'bytes', configuration: { endian } },
              ...compressions[count % 3]]
            const name = 'a' + count++
            const array = await zarr.create(root.resolve('/' + name),
              { shape, chunkShape, dtype, codecs, fillValue: 0,
                chunkSeparator: count % 2 ? '/' : '.' })
            const stride = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1))
            const data = Type === null ? new zarr.BoolArray(values) : values
            await zarr.set(array, null, { data, shape, stride })
            const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
            console.log(name + ' ' + dtype + ' ' + shape.join(',') + ' '
              + createHash('sha256').update(bytes).digest('hex'))
          }
        }
      }
      """;

  private ZarrScripts() {}
}
