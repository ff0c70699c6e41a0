"""Training photos made of a frozen dataset."""

import hashlib
import json

import cv2
import numpy as np
import pytest

from training.data import detection_sets
from training.data.detection_sets import DetectionSet, read_set
from training.data.feedback import read_feedback
from training.data.sample import UnreadableData


def freeze(folder) -> str:
    """Two photos, one of them not judged through, with a crack and a scratch on each."""
    (folder / "images").mkdir(parents=True)
    images, annotations = [], []
    for number, is_complete in ((1, True), (2, False)):
        _, png = cv2.imencode(".png", np.full((30, 40, 3), number, np.uint8))
        sha256 = hashlib.sha256(png.tobytes()).hexdigest()
        (folder / "images" / f"{sha256}.png").write_bytes(png.tobytes())
        loupe = {"sha256": sha256, "isComplete": is_complete}
        images.append({"id": number, "file_name": f"{sha256}.png", "width": 40, "height": 30, "loupe": loupe})
        for category in (1, 2):
            annotations.append({"image_id": number, "category_id": category, "bbox": [4, 5, 6, 7]})
    categories = [{"id": 1, "name": "crack"}, {"id": 2, "name": "scratch"}]
    text = json.dumps({"images": images, "annotations": annotations, "categories": categories}).encode()
    (folder / "annotations.json").write_bytes(text)
    return hashlib.sha256(text).hexdigest()


def test_photos_judged_through_come_with_their_confirmed_damage(tmp_path):
    version = freeze(tmp_path)
    (sample,) = read_feedback(tmp_path, version, {"crack": 3})
    assert sample.image.shape == (30, 40, 3)
    assert sample.boxes.tolist() == [[3, 4, 5, 10, 12]]
    (every,) = read_feedback(tmp_path, version, {"*": 0})
    assert len(every.boxes) == 2


def test_another_version_than_the_named_one_is_refused(tmp_path):
    freeze(tmp_path)
    with pytest.raises(UnreadableData, match="is not dataset"):
        read_feedback(tmp_path, "0" * 64, {"*": 0})


def test_a_photo_that_was_changed_is_refused(tmp_path):
    version = freeze(tmp_path)
    for photo in (tmp_path / "images").iterdir():
        photo.write_bytes(photo.read_bytes() + b"!")
    with pytest.raises(UnreadableData, match="not the photo that was frozen"):
        read_feedback(tmp_path, version, {"*": 0})


def test_a_config_names_the_version_that_is_added_to_its_photos(tmp_path, monkeypatch):
    version = freeze(tmp_path / "new")
    (tmp_path / "feedback").mkdir()
    (tmp_path / "new").rename(tmp_path / "feedback" / version)
    monkeypatch.setattr(detection_sets, "DATA", tmp_path)
    monkeypatch.setitem(detection_sets.READERS, "none", lambda _: DetectionSet([], [], [], []))
    feedback = {"version": version, "classes": {"crack": 0}, "weight": 0.5}
    found = read_set({"reader": "none", "feedback": feedback})
    assert len(found.train) == 1 and found.weights == [0.5]
