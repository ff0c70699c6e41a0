"""A tfjs graph model beside a pack's ONNX file: tfjs/model.json and tfjs/weights.bin.

    python -m training.export.tfjs <pack> [<pack> ...]

converts the shipped fp32 file of each pack and completes its manifest; the export stage does the same.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx

from training.config import load_config
from training.export.graph_def import Converter, dimensions, folded
from training.export.half import SMALLEST
from training.export.manifest import pack_dir, refresh_files


def write_tfjs(source: Path, folder: Path, halves: bool = True) -> None:
    """`source` in ONNX, fp32, fixed shapes. Inputs and outputs keep their names and their order of axes.

    With `halves` weights are kept in fp16; TensorFlow.js computes in fp32 all the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = folded(source)
    graph = Converter(model).run()
    stored = {name: _stored(values, halves) for name, values in graph.weights.items()}
    content = b"".join(values.tobytes() for values in stored.values())
    specs = [_spec(name, values, stored[name]) for name, values in graph.weights.items()]
    topology = {"node": graph.nodes, "library": {}, "versions": {"producer": 1482}}
    described = {
        "format": "graph-model",
        "generatedBy": "Loupe training/export/tfjs.py",
        "convertedBy": f"{source.name} with SHA-256 {hashlib.sha256(source.read_bytes()).hexdigest()}",
        "signature": {"inputs": _described(model.graph.input), "outputs": _described(model.graph.output)},
        # The hash of this file thus stands for the weights too.
        "userDefinedMetadata": {"weightsSha256": hashlib.sha256(content).hexdigest()},
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}],
    }
    (folder / "weights.bin").write_bytes(content)
    (folder / "model.json").write_text(json.dumps(described, separators=(",", ":")))


def _stored(values: np.ndarray, halves: bool) -> np.ndarray:
    return values.astype(np.float16) if halves and values.dtype == np.float32 and values.size >= SMALLEST else values


def _spec(name: str, values: np.ndarray, stored: np.ndarray) -> dict:
    spec = {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)}
    if stored.dtype == values.dtype:
        return spec
    return spec | {"quantization": {"dtype": str(stored.dtype), "original_dtype": str(values.dtype)}}


def _described(values: list[onnx.ValueInfoProto]) -> dict:
    found = {}
    for value in values:
        shape = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
        found[value.name] = {"name": f"{value.name}:0", "dtype": "DT_FLOAT", "tensorShape": dimensions(shape)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.export.tfjs", description=__doc__)
    parser.add_argument("packs", nargs="+", help="files of training/configs without .toml")
    for pack in parser.parse_args().packs:
        folder = pack_dir(load_config(pack))
        write_tfjs(folder / "model.fp32.onnx", folder / "tfjs")
        refresh_files(folder)
        print(f"{pack}: {sum(p.stat().st_size for p in (folder / 'tfjs').iterdir())} bytes")


if __name__ == "__main__":
    main()
