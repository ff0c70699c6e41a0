"""Whether a picture shows damage at all: the detector's highest score as a calibrated probability."""

from pathlib import Path

import numpy as np

from training.data.clean_parts import clean_parts
from training.data.detection_sets import DetectionSet
from training.data.sample import Sample
from training.evaluate.tiles import cut, plan_tiles
from training.export.onnx import open_onnx
from training.surfaces.calibrate import calibrate, probability
from training.surfaces.report import image_rows


def image_logits(run, output: str, samples: list[Sample], manifest: dict) -> np.ndarray:
    """The highest logit of each picture's tiles, [n], as the app takes it."""
    entry, tiling, found = manifest["input"], manifest["tiling"], []
    for sample in samples:
        height, width = sample.image.shape[:2]
        tiles = plan_tiles(width, height, entry["width"], entry["resize"], tiling["overlap"], tiling["scales"])
        views = (cut(sample.image, tile, entry["width"], entry["pad"]) for tile in tiles)
        answers = (run(np.ascontiguousarray(v.transpose(2, 0, 1)[None], np.float32))[output] for v in views)
        found.append(max(float(a.max()) for a in answers))
    return np.array(found)


def report_image_level(
    sets: DetectionSet, manifest: dict, table: dict, output: str, data: str, folder: Path
) -> tuple[dict, list[dict]]:
    """The manifest's imageLevel from the tune part, and how well it holds on the reported one.

    Pictures with damage are as they are; those without are made of their clean parts.
    """
    run = open_onnx(folder / "model.fp32.onnx")
    logits, truth, sources = {}, {}, {}
    for part, samples in (("tune", sets.tune), ("report", sets.report)):
        damaged = [s for s in samples if len(s.boxes)]
        clean = [s for s in samples if not len(s.boxes)] + clean_parts(damaged, table["least_clean"])
        logits[part] = image_logits(run, output, damaged + clean, manifest)
        sources[part] = [s.name.rpartition(" ")[2] for s in damaged + clean]
        truth[part] = np.arange(len(damaged) + len(clean)) < len(damaged)
    temperature, bias = calibrate(logits["tune"], truth["tune"], table.get("even", True))
    shares, seen = probability(logits["report"], temperature, bias), truth["report"]
    where = f"{data}, {int(seen.sum())} with damage and {int((~seen).sum())} made of clean parts"
    rows = image_rows(shares, seen, sources["report"], where)
    return {"name": output, "temperature": round(temperature, 4), "bias": round(bias, 4)}, rows
