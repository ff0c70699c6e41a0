"""What people judged in the field as training photos, from a dataset that `dataset_api` has fetched."""

import json
from pathlib import Path

from training.data.hashing import file_hash
from training.data.sample import Sample, UnreadableData, as_boxes, read_image


def read_feedback(folder: Path, version: str, classes: dict[str, int]) -> list[Sample]:
    """The photos of a frozen dataset on which everything was judged, with their confirmed damage.

    `classes` maps damage types to the network's labels, `*` all others; a type without a label is left out.
    A photo of which something is still open says nothing where it has no box, so it is left out too.
    Raises UnreadableData where the folder does not hold exactly the version that is named.
    """
    annotations = folder / "annotations.json"
    if not annotations.exists() or file_hash(annotations) != version:
        raise UnreadableData(f"{annotations} is not dataset {version}: fetch it with training.data.dataset_api")
    coco = json.loads(annotations.read_bytes())
    names = {category["id"]: category["name"] for category in coco["categories"]}
    rows: dict[int, list[list[float]]] = {}
    for annotation in coco["annotations"]:
        label = classes.get(names[annotation["category_id"]], classes.get("*"))
        if label is None:
            continue
        x, y, width, height = annotation["bbox"]
        rows.setdefault(annotation["image_id"], []).append([label, x, y, x + width, y + height])
    samples = []
    for image in coco["images"]:
        if not image["loupe"]["isComplete"]:
            continue
        path = folder / "images" / image["file_name"]
        if not path.exists() or file_hash(path) != image["loupe"]["sha256"]:
            raise UnreadableData(f"{path} is not the photo that was frozen")
        samples.append(Sample(path.name, read_image(path), as_boxes(rows.get(image["id"], []))))
    return samples
