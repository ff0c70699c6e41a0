"""A pack's manifest.json and its line in models/index.json, in the form of core/contract/model-manifest.ts."""

import hashlib
import json
from pathlib import Path

from training.paths import PACKS

# file of the pack: format, precision, runtimes that may load it; the app takes the first that fits the device
FILES = {
    "model.fp16.onnx": ("onnx", "fp16", ["webgpu"]),
    "model.fp32.onnx": ("onnx", "fp32", ["wasm", "webgpu"]),
    "model.u8.onnx": ("onnx", "uint8", ["wasm"]),
    "tfjs/model.json": ("tfjs", "fp32", ["wasm", "webgpu"]),
    "model.fp32.tflite": ("tflite", "fp32", ["wasm"]),
    "model.fp16.tflite": ("tflite", "fp16", ["wasm"]),
}
# a model in two files: the second is named in the first one's entry
WEIGHTS = {"tfjs/model.json": "tfjs/weights.bin"}
# by format: the small network that takes the first look (training/export/scout.py)
SCOUTS = {"onnx": "scout.onnx", "tflite": "scout.tflite"}


def pack_dir(config: dict) -> Path:
    folder = PACKS / config["id"] / config["version"]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def describe_files(folder: Path, files: dict[str, tuple[str, str, list[str]]] = FILES) -> list[dict]:
    """The model files that lie in the pack, with hash and size."""
    found = []
    for name, (format_, precision, runtimes) in files.items():
        if not (folder / name).exists():
            continue
        entry = _described(folder, name) | {"format": format_, "precision": precision, "for": runtimes}
        beside = {"weights": WEIGHTS.get(name), "scout": SCOUTS.get(format_)}
        found.append(entry | {role: _described(folder, file) for role, file in beside.items() if file and (folder / file).exists()})
    return found


def _described(folder: Path, name: str) -> dict:
    content = (folder / name).read_bytes()
    return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def refresh_files(folder: Path, **changed: object) -> None:
    """Names the pack's files anew in a manifest that is there already, and what else has changed."""
    path = folder / "manifest.json"
    _write(path, json.loads(path.read_text()) | changed | {"files": describe_files(folder)})


def write_manifest(folder: Path, manifest: dict) -> None:
    """Completes `manifest` with schema, files, golden, card and minApp; writes it and the index entry."""
    whole = {
        "schema": 1,
        **manifest,
        "files": describe_files(folder),
        "golden": "golden.json",
        "card": "CARD.md",
        "minApp": "0.1.0",
    }
    _write(folder / "manifest.json", whole)
    update_index(PACKS / "index.json", manifest["id"], manifest["version"])


def update_index(path: Path, pack: str, version: str) -> None:
    """Inserts or replaces the pack's line, sorted by id."""
    packs = json.loads(path.read_text())["packs"] if path.exists() else []
    entry = {"id": pack, "version": version, "manifest": f"{pack}/{version}/manifest.json"}
    _write(path, {"packs": sorted([p for p in packs if p["id"] != pack] + [entry], key=lambda p: p["id"])})


def _write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
