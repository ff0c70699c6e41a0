"""What a file of any pack reaches on its tune part, for trials that must not look at what is reported."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.data.detection_sets import read_set
from training.evaluate.detection import match_all, mean_precision
from training.evaluate.detector import detect
from training.evaluate.tiles import cut, plan_tiles
from training.export.onnx import open_onnx
from training.surfaces.predict import predict_all, to_tensor
from training.tasks import detect as detectors, segment as segmenters

Judge = Callable[[Path], dict[str, float]]


def opener(path: Path, threads: int = 2):
    return open_onnx(path, threads)


def tuned(config: dict, photos: int) -> tuple[Judge, list[np.ndarray]]:
    """The judge of a file, and tensors of as many training photos, spread evenly over all of them, to calibrate with."""
    return (_detector if config["task"] == "detect" else _segmenter)(config, photos)


def _detector(config: dict, photos: int) -> tuple[Judge, list[np.ndarray]]:
    sets, manifest = read_set(config["data"]), detectors.base_manifest(config)
    classes, name = len(manifest["labels"]), manifest["output"]["name"]

    def judge(path: Path) -> dict[str, float]:
        run = open_onnx(path)
        answers = [detect(lambda tensor: run(tensor)[name], s.image, manifest) for s in sets.tune]
        whole = mean_precision(match_all(answers, [s.boxes for s in sets.tune], classes))
        return {"tune mAP50": round(whole[0], 4)}

    def view(image: np.ndarray) -> np.ndarray:
        entry, tiling = manifest["input"], manifest["tiling"]
        tile = plan_tiles(image.shape[1], image.shape[0], entry["width"], entry["resize"], tiling["overlap"], tiling["scales"])[0]
        return np.ascontiguousarray(cut(image, tile, entry["width"], entry["pad"]).transpose(2, 0, 1)[None], np.float32)

    return judge, [view(sample.image) for sample in spread(sets.train, photos)]


def _segmenter(config: dict, photos: int) -> tuple[Judge, list[np.ndarray]]:
    table, select = config["export"], config["select"]
    kept = segmenters.kept_to_choose(config)

    def judge(path: Path) -> dict[str, float]:
        run = open_onnx(path)
        maps = predict_all(lambda tensor: run(tensor)[segmenters.OUTPUT][0, 0], config, kept)
        best = segmenters.best_scores(maps, kept, select["groups"], select["key"])
        return {f"tune {select['key']} {name}": round(float(value), 4) for name, value in best.items()}

    def view(image: np.ndarray) -> np.ndarray:
        tile = plan_tiles(image.shape[1], image.shape[0], table["size"], "tile", table["overlap"], table["scales"])[0]
        return to_tensor(cut(image, tile, table["size"]))

    train = [p for p in segmenters.READERS[config["data"]](segmenters.DATA, "train") if p.group in select["groups"]]
    return judge, [view(photo.image) for photo in spread(train, photos)]


def spread(items: list, count: int) -> list:
    return [items[i] for i in np.linspace(0, len(items) - 1, min(count, len(items))).astype(int)]
