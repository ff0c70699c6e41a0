"""Pascal VOC annotations: one XML beside each picture. The class is the XML's, not the file name's."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from training.data.sample import Sample, UnreadableData, as_boxes, read_image


def read_annotation(path: Path, labels: list[str]) -> np.ndarray:
    """[B, 5] label, x1, y1, x2, y2 in pixels. Raises UnreadableData for broken XML and unknown classes."""
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, OSError) as cause:
        raise UnreadableData(f"{path.name}: not readable XML") from cause
    rows = []
    for item in root.findall("object"):
        name = (item.findtext("name") or "").strip()
        if name not in labels:
            raise UnreadableData(f"{path.name}: unknown class {name!r}")
        try:
            box = [float(item.findtext(f"bndbox/{corner}") or "") for corner in ("xmin", "ymin", "xmax", "ymax")]
        except ValueError as cause:
            raise UnreadableData(f"{path.name}: a box without four numbers") from cause
        if box[2] > box[0] and box[3] > box[1]:
            rows.append([labels.index(name), *box])
    return as_boxes(rows)


def read_voc(folder: Path, labels: list[str]) -> list[Sample]:
    """All pictures of folder/images with folder/annotations, by name."""
    return [
        Sample(path.name, read_image(path), read_annotation(folder / "annotations" / f"{path.stem}.xml", labels))
        for path in sorted((folder / "images").iterdir())
    ]
