# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files h5py-earliest.h5 and h5py-latest.h5: /usr/bin/python3 h5py_states.py"""
import hashlib
import json

import h5py
import numpy as np

for libver in ("earliest", "latest"):
    rng = np.random.default_rng(5)
    with h5py.File(f"h5py-{libver}.h5", "w", libver=libver) as f:
        f.attrs["schema_version"] = "1.0"
        f.attrs["created"] = "2025-06-30T12:00:00"
        f.attrs["description"] = "Quantum Memory Storage"
        f.create_group("quantum_states")
        f.create_group("checkpoints")
        ids = ["alpha", "beta"]
        for i, state_id in enumerate(ids):
            v = rng.standard_normal(8) + 1j * rng.standard_normal(8)
            g = f.create_group(f"quantum_states/{state_id}")
            m = g.create_group("metadata").attrs
            m["version"] = "2.0"
            m["n_qubits"] = 3
            m["timestamp"] = "2025-06-30T12:34:56.789000"
            m["compression"] = "gzip"
            m["checksum"] = hashlib.sha256(v.tobytes()).hexdigest()
            for k in range(8):
                m[f"more_{k}"] = k
            q = g.create_group("quantum_data")
            q.create_dataset("state_vector", data=v, compression="gzip", shuffle=True, chunks=(3,))
            t = q.create_group("mps_tensors")
            for k in range(10 if i else 2):
                t.create_dataset(f"tensor_{k}", data=np.full((2, 2), k + 1j))
            t.attrs["n_tensors"] = len(t)
            t.attrs["bond_dimension"] = 2
            c = g.create_group("classical_data")
            c.create_dataset("pad_values", data=np.array([0.1, 0.2, 0.3]))
            c.attrs["confidence"] = np.float64(0.75)
            cache = json.dumps([{"counts": {"000": 500}}])
            c.create_dataset("measurement_cache", data=np.bytes_(cache) if i else cache)
            e = g.create_group("emotional_context")
            e.create_dataset("recent_emotions", data=np.arange(6, dtype=float).reshape(2, 3))
            e.create_dataset("stability", data=0.5)
        ix = f.create_group("index")
        ix.create_dataset("chronological", data=np.array(ids, dtype="S64"), maxshape=(None,))
        ix.attrs["latest"] = "beta"
        ix.attrs["count"] = 2
