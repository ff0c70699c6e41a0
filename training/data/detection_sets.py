"""The photos of each detector, by the `reader` of its config.

`tune` chooses thresholds and settings, `report` is measured once and decides nothing.
"""

from dataclasses import dataclass, replace

from training.data.feedback import read_feedback
from training.data.mosaics import SEAM_SCORE, cut_apart, read_scores
from training.data.sample import Sample
from training.data.splits import carve
from training.data.voc import read_voc
from training.data.yolo import read_yolo
from training.paths import DATA


@dataclass(frozen=True)
class DetectionSet:
    """weights [len(train)]: how often each training photo is drawn, relative to the others."""

    train: list[Sample]
    weights: list[float]
    tune: list[Sample]
    report: list[Sample]


def read_steel(data: dict) -> DetectionSet:
    samples = read_voc(DATA / data["root"], data["labels"])
    rest, report = carve(samples, data["report_parts"], key=str)
    train, tune = carve(rest, data["tune_parts"], key=lambda name: f"tune {name}")
    return DetectionSet(train, [1.0] * len(train), tune, report)


def read_blades(data: dict) -> DetectionSet:
    """Mosaics are cut apart; pieces, clean pieces and the turned close-ups are drawn less often."""
    scores = read_scores(DATA / data["seam_scores"])
    whole, tune = carve(read_yolo(DATA / data["root"]), data["tune_parts"])
    train, weights = [], []
    for sample in whole + read_yolo(DATA / data["tiles"], keep={1: 0}):
        mosaic = scores.get(sample.name, 0) >= SEAM_SCORE
        for piece in cut_apart(sample) if mosaic else [sample]:
            train.append(piece)
            weights.append(_weight(piece, mosaic, data["weights"]))
    return DetectionSet(train, weights, tune, read_yolo(DATA / data["report"]))


def _weight(piece: Sample, mosaic: bool, weights: dict[str, float]) -> float:
    if mosaic:
        return weights["piece"] if len(piece.boxes) else weights["clean_piece"]
    return weights["close_up"] if piece.name.startswith("scratch") else 1.0


READERS = {"steel": read_steel, "blades": read_blades}


def read_set(data: dict) -> DetectionSet:
    """`feedback = {version, classes, weight}` adds photos that people judged to the training part, by version."""
    found = READERS[data["reader"]](data)
    if "feedback" not in data:
        return found
    feedback = data["feedback"]
    version = feedback["version"]
    judged = read_feedback(DATA / "feedback" / version, version, feedback["classes"])
    weights = found.weights + [feedback.get("weight", 1.0)] * len(judged)
    return replace(found, train=found.train + judged, weights=weights)
