"""A pack's .tflite file, written by a Python that has TensorFlow (training/export/tflite.py).

    python -m training.export.litert <pack> [<pack> ...]

writes it for the shipped fp32 file of each pack and completes the manifest; the export stage does the same.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from training.config import load_config
from training.export.manifest import pack_dir, refresh_files
from training.export.tfjs import write_tfjs

ROOT = Path(__file__).parents[2]


def write_tflite(source: Path, target: Path, precision: str) -> None:
    """`source` in ONNX, fp32. Without TensorFlow an old file goes, since it would hold other weights, and it is said."""
    target.unlink(missing_ok=True)
    python = os.environ.get("LOUPE_TENSORFLOW", "")
    if not shutil.which(python):
        print(f"{target.name} is left out: LOUPE_TENSORFLOW names no Python with TensorFlow")
        return
    with tempfile.TemporaryDirectory() as graph:
        write_tfjs(source, Path(graph), halves=False)
        command = [python, "-m", "training.export.tflite", graph, str(target), precision]
        subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"})


def tflite_path(folder: Path, precision: str) -> Path:
    return folder / f"model.{precision}.tflite"


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.export.litert", description=__doc__)
    parser.add_argument("packs", nargs="+", help="files of training/configs without .toml")
    for pack in parser.parse_args().packs:
        config = load_config(pack)
        folder = pack_dir(config)
        write_tflite(folder / "model.fp32.onnx", tflite_path(folder, config["litert"]), config["litert"])
        refresh_files(folder)


if __name__ == "__main__":
    main()
