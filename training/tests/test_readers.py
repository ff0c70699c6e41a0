import cv2
import numpy as np
import pytest

from training.data.hashing import folder_hash
from training.data.mosaics import cut_apart, find_seam, read_scores
from training.data.sample import Sample, UnreadableData, read_image
from training.data.splits import carve, source_of
from training.data.voc import read_annotation
from training.data.yolo import read_labels, read_yolo


def label_file(tmp_path, text: str):
    path = tmp_path / "a.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0.5 0.5 0.2 0.4\n", [[0, 80, 30, 120, 70]]),
        ("", []),
        ("\n  \n0 0.5 0.5 0.2 0.4\n", [[0, 80, 30, 120, 70]]),
        ("0 0.0 0.5 0.2 0.4\n", [[0, 0, 30, 20, 70]]),  # clipped
        ("0 0.5 0.5 0 0.4\n", []),  # no area
        ("1 0.1 0.1 0.3 0.1 0.2 0.6\n", [[1, 20, 10, 60, 60]]),  # polygon
    ],
)
def test_yolo_lines(tmp_path, text, expected):
    boxes = read_labels(label_file(tmp_path, text), 200, 100)
    np.testing.assert_allclose(boxes, np.array(expected, np.float32).reshape(-1, 5), atol=1e-4)


@pytest.mark.parametrize("text", ["0 0.5 0.5 0.2", "x 0.5 0.5 0.2 0.2", "0 nan 0.5 0.2 0.2", "0 a b c d", "0 1 2 3 4 5"])
def test_broken_yolo_lines_are_named(tmp_path, text):
    with pytest.raises(UnreadableData, match="a.txt:1"):
        read_labels(label_file(tmp_path, text), 200, 100)


def test_classes_can_be_renamed_and_left_out(tmp_path):
    boxes = read_labels(label_file(tmp_path, "0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n"), 10, 10, keep={1: 0})
    assert boxes[:, 0].tolist() == [0]


def test_a_photo_without_label_file_is_clean_and_a_broken_photo_is_named(tmp_path):
    (tmp_path / "images").mkdir()
    cv2.imwrite(str(tmp_path / "images" / "a.png"), np.zeros((8, 9, 3), np.uint8))
    (sample,) = read_yolo(tmp_path)
    assert sample.image.shape == (8, 9, 3) and len(sample.boxes) == 0
    (tmp_path / "images" / "b.jpg").write_bytes(b"\xff\xd8\xff no jpeg")
    with pytest.raises(UnreadableData, match="b.jpg"):
        read_yolo(tmp_path)
    with pytest.raises(UnreadableData):
        read_image(tmp_path / "missing.png")


VOC = "<annotation><object><name>{}</name><bndbox><xmin>{}</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"


def test_voc_takes_the_class_from_the_xml(tmp_path):
    path = tmp_path / "scratches_1.xml"
    path.write_text(VOC.format("patches", 1))
    assert read_annotation(path, ["scratches", "patches"]).tolist() == [[1, 1, 2, 30, 40]]


@pytest.mark.parametrize("text", ["<annotation>", VOC.format("rust", 1), VOC.format("patches", "one"), VOC.format("patches", "")])
def test_broken_voc_files_are_named(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(UnreadableData, match="a.xml"):
        read_annotation(path, ["patches"])


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("05cc22bd-8073_jpeg.rf.0308ccee.jpg", "05cc22bd-8073"),
        ("DJI_0010_014_JPG.rf.25e2.jpg", "DJI_0010"),
        ("DJI_0004_02_05_png.rf.09e8.jpg", "DJI_0004"),
        ("DJI_0004_02_05.png", "DJI_0004"),
        ("scratch-130_jpg.rf.f9e7.jpg", "scratch-130"),
    ],
)
def test_source_of(name, source):
    assert source_of(name) == source


def test_versions_of_one_photo_stay_on_one_side():
    samples = [Sample(f"p{i}_jpg.rf.{v}.jpg", np.zeros((1, 1, 3), np.uint8), np.zeros((0, 5))) for i in range(60) for v in "ab"]
    rest, carved = carve(samples, 5)
    assert not {source_of(s.name) for s in rest} & {source_of(s.name) for s in carved}
    assert len(rest) + len(carved) == 120 and 4 <= len(carved) <= 48


def mosaic(x: int = 250, y: int = 400) -> np.ndarray:
    rng = np.random.default_rng(1)
    image = rng.normal(100, 6, (640, 640, 3))
    image[:y, x:] += 60
    image[y:, :x] -= 50
    image[y:, x:] += 30
    return image.clip(0, 255).astype(np.uint8)


def test_seams_are_found_and_boxes_go_with_their_quarter():
    assert find_seam(mosaic()) == (250, 400)
    boxes = np.array([[0, 260, 10, 300, 60], [0, 200, 390, 252, 640]], np.float32)
    parts = cut_apart(Sample("m", mosaic(), boxes))
    assert [p.image.shape[:2] for p in parts] == [(400, 250), (400, 390), (240, 250), (240, 390)]
    assert [len(p.boxes) for p in parts] == [0, 1, 1, 0]
    np.testing.assert_allclose(parts[1].boxes[0], [0, 10, 10, 50, 60])
    np.testing.assert_allclose(parts[2].boxes[0], [0, 200, 0, 250, 240])


def test_seam_scores(tmp_path):
    path = tmp_path / "scores.tsv"
    path.write_text("0.969\ta.jpg\n0.1\tb.jpg\n\n")
    assert read_scores(path) == {"a.jpg": 0.969, "b.jpg": 0.1}


def test_a_changed_byte_changes_the_data_hash(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    before, count = folder_hash([tmp_path], tmp_path)
    (tmp_path / "a").write_bytes(b"2")
    assert folder_hash([tmp_path], tmp_path)[0] != before and count == 1
