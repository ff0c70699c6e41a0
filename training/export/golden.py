"""golden.json: what a runtime must reproduce on a device before it is trusted (core/contract/golden.ts)."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

BLOCKS = 20
SPREAD = 256
LARGEST = 64
TOLERANCE = {
    "fp32": {"abs": 2e-3, "rel": 2e-3},
    "fp16": {"abs": 5e-2, "rel": 5e-2},
    # int8 weights are dequantised to float32 before use, so a device should differ no more than in fp32
    "uint8": {"abs": 2e-3, "rel": 2e-3},
}

Run = Callable[[np.ndarray], dict[str, np.ndarray]]


def mulberry32(seed: int) -> Callable[[], float]:
    """The generator of core/vision/random.ts, bit for bit: numbers in [0, 1)."""
    state = seed & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296

    return draw


def blocks_image(seed: int, blocks: int, height: int, width: int) -> np.ndarray:
    """[height, width, 3] uint8 RGB of blocks x blocks flat cells, drawn in the order row, column, channel."""
    draw = mulberry32(seed)
    cells = np.array([int(draw() * 256) for _ in range(blocks * blocks * 3)], np.uint8).reshape(blocks, blocks, 3)
    return cells[np.arange(height) * blocks // height][:, np.arange(width) * blocks // width]


def as_tensor(image: np.ndarray) -> np.ndarray:
    """RGB [H, W, 3] uint8 to BGR 0-255 float32 [1, 3, H, W]: the input of our detectors."""
    return np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)


def golden_case(seed: int, side: int, run: Run, precision: str | None = None) -> dict:
    """Every output at 256 evenly spread places and at its 64 largest absolute values."""
    outputs = []
    for name, values in run(as_tensor(blocks_image(seed, BLOCKS, side, side))).items():
        flat = values.ravel()
        spread = np.linspace(0, flat.size - 1, min(SPREAD, flat.size)).astype(int)
        indices = sorted({*spread.tolist(), *np.argsort(-np.abs(flat))[:LARGEST].tolist()})
        answer = {"name": name, "shape": list(values.shape), "indices": indices, "values": [float(flat[i]) for i in indices]}
        outputs.append(answer)
    case = {
        "name": f"blocks-{seed}" + (f"-{precision}" if precision else ""),
        "input": {"kind": "blocks", "seed": seed, "blocks": BLOCKS},
        "outputs": outputs,
    }
    return {**case, "precision": precision} if precision else case


def write_golden(path: Path, cases: list[dict] | None = None, scout: list[dict] | None = None) -> None:
    """Writes cases of the model, of its scout, or both; those that are not given stay as they are."""
    known = json.loads(path.read_text()) if path.exists() else {}
    content = {"schema": 1, "cases": cases or known["cases"], "tolerance": TOLERANCE}
    beside = scout or known.get("scout")
    path.write_text(json.dumps(content | ({"scout": beside} if beside else {})) + "\n")
