"""YOLO text labels: `class cx cy w h` in shares of the picture, or `class x1 y1 x2 y2 x3 y3 …` polygons."""

from pathlib import Path

import numpy as np

from training.data.sample import Sample, UnreadableData, as_boxes, read_image

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


def read_labels(path: Path, width: int, height: int, keep: dict[int, int] | None = None) -> np.ndarray:
    """[B, 5] label, x1, y1, x2, y2 in pixels, clipped to the picture; a missing file means no damage.

    `keep` maps the file's classes to ours; classes that it lacks are left out.
    """
    if not path.exists():
        return as_boxes([])
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        try:
            label, values = int(fields[0]), [float(f) for f in fields[1:]]
        except ValueError as cause:
            raise UnreadableData(f"{path.name}:{number}: not numbers") from cause
        if len(values) != 4 and (len(values) < 6 or len(values) % 2) or not np.isfinite(values).all():
            raise UnreadableData(f"{path.name}:{number}: neither a box nor a polygon")
        if keep is not None and label not in keep:
            continue
        x1, y1, x2, y2 = _corners(values)
        box = [x1 * width, y1 * height, x2 * width, y2 * height]
        box = [*np.clip(box, 0, [width, height, width, height])]
        if box[2] > box[0] and box[3] > box[1]:
            rows.append([keep[label] if keep is not None else label, *box])
    return as_boxes(rows)


def _corners(values: list[float]) -> tuple[float, float, float, float]:
    if len(values) == 4:
        cx, cy, w, h = values
        return cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
    return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])


def read_yolo(folder: Path, keep: dict[int, int] | None = None) -> list[Sample]:
    """All pictures of folder/images with folder/labels, by name."""
    samples = []
    for path in sorted((folder / "images").iterdir()):
        if path.suffix.lower() in PICTURES:
            image = read_image(path)
            labels = folder / "labels" / f"{path.stem}.txt"
            samples.append(Sample(path.name, image, read_labels(labels, image.shape[1], image.shape[0], keep)))
    return samples
