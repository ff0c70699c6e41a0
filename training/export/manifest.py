"""A pack's manifest.json and its line in models/index.json, in the form of core/contract/model-manifest.ts."""

import hashlib
import json
from pathlib import Path

from training.paths import PACKS

# file of the pack: precision, runtimes that may load it; the app takes the first that fits the device
FILES = {
    "model.fp16.onnx": ("fp16", ["webgpu"]),
    "model.fp32.onnx": ("fp32", ["wasm", "webgpu"]),
    "model.u8.onnx": ("uint8", ["wasm"]),
}


def pack_dir(config: dict) -> Path:
    folder = PACKS / config["id"] / config["version"]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def describe_files(folder: Path) -> list[dict]:
    """The model files that lie in the pack, with hash and size."""
    found = []
    for name, (precision, runtimes) in FILES.items():
        path = folder / name
        if path.exists():
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            found.append(
                {"path": name, "sha256": digest, "bytes": len(content), "format": "onnx", "precision": precision, "for": runtimes}
            )
    return found


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
