"""What a detector's card and manifest say: measured with the shipped files through the browser's tiling."""

from pathlib import Path

from training.data.detection_sets import DetectionSet
from training.data.sample import Sample
from training.evaluate.bootstrap import intervals
from training.evaluate.detection import (
    Answers,
    Matches,
    best_threshold,
    counts_at,
    f1,
    label_thresholds,
    match_all,
    mean_precision,
    recall_by_size,
)
from training.evaluate.detector import detect
from training.evaluate.plots import confusion, draw_examples, plot_confusion, plot_precision
from training.export.manifest import FILES
from training.export.onnx import open_onnx


def answers_of(path: Path, samples: list[Sample], manifest: dict) -> list[Answers]:
    run, name = open_onnx(path), manifest["output"]["name"]
    return [detect(lambda tensor: run(tensor)[name], sample.image, manifest) for sample in samples]


def report_detector(
    sets: DetectionSet, manifest: dict, data: str, folder: Path, plots: Path
) -> tuple[dict, list[dict], dict]:
    """(thresholds, metrics, details) of the pack in `folder`; details are for the card, pictures go to `plots`."""
    classes = len(manifest["labels"])
    tuned = match_all(answers_of(folder / "model.fp32.onnx", sets.tune, manifest), [s.boxes for s in sets.tune], classes)
    threshold = best_threshold(tuned, classes)
    own = label_thresholds(tuned, classes)
    names = [label["name"] for label in manifest["labels"]]
    per_label = dict(zip(names, own)) if classes > 1 else {}
    thresholds = {**manifest["thresholds"], "default": threshold, "perLabel": per_label}
    truths = [s.boxes for s in sets.report]
    metrics: list[dict] = []
    details: dict = {"photos": {"train": len(sets.train), "tune": len(sets.tune), "report": len(sets.report)}}
    for name, (format_, precision, _) in FILES.items():
        path = folder / name
        if format_ != "onnx" or not path.exists():
            continue
        answers = answers_of(path, sets.report, manifest)
        matches = match_all(answers, truths, classes)
        rows = [{"runtime": "onnxruntime", "precision": precision, "data": data, **row} for row in _figures(matches, own)]
        metrics += rows if precision == "fp32" else [r for r in rows if r["name"] == "mAP50"]
        if precision == "fp32":
            per_class = mean_precision(matches)[2]
            details["AP50 by class"] = {l["name"]: round(float(v), 3) for l, v in zip(manifest["labels"], per_class)}
            details["recall by size"] = recall_by_size(answers, truths)
            details["tune mAP50"] = round(mean_precision(tuned)[0], 4)
            plot_precision(matches, names, plots / "precision-recall.png")
            plot_confusion(confusion(answers, truths, classes, threshold), names, plots / "confusion.png")
            draw_examples(sets.report, answers, threshold, plots / "examples.jpg")
    return thresholds, metrics, details


FIGURES = ("mAP50", "mAP50_95", "F1", "precision", "recall")


def _figures(matches: list[list[Matches]], at: list[float]) -> list[dict]:
    """Rows of name, value and bootstrap interval; `at` are the thresholds."""

    def measure(drawn: list[list[Matches]]) -> list[float]:
        true, false, missed = counts_at(drawn, at)
        shown = [f1(true, false, missed), true / max(true + false, 1), true / max(true + missed, 1)]
        return [*mean_precision(drawn)[:2], *shown]

    rows = zip(FIGURES, measure(matches), intervals(matches, measure))
    return [{"name": n, "value": round(v, 4), "low": round(low, 4), "high": round(high, 4)} for n, v, (low, high) in rows]
