import json

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from training.export.card import fill_card
from training.export.golden import as_tensor, blocks_image, golden_case, mulberry32
from training.export.half import store_halves, write_half
from training.export.manifest import describe_files, update_index
from training.export.mirrored import MirroredHeads, MirroredMask
from training.export.onnx import RawHeads, WithImageLevel, export_onnx, fused, open_onnx
from training.export.quantise import quantise_rows, write_weight_only
from training.models.coco import calibrate, execution_order, focus_to_six, load_coco
from training.models.yolox import Yolox

SIDE = 96


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A network with lived-in statistics, and its file."""
    torch.manual_seed(1)
    net = Yolox(2)
    net.train()
    for _ in range(3):
        net(torch.rand(2, 3, SIDE, SIDE) * 255)
    path = tmp_path_factory.mktemp("pack") / "model.fp32.onnx"
    export_onnx(RawHeads(fused(net)), torch.zeros(1, 3, SIDE, SIDE), path, "images", ["predictions"])
    return net.eval(), path


def answer(path, seed: int = 1) -> np.ndarray:
    return open_onnx(path)(as_tensor(blocks_image(seed, 20, SIDE, SIDE)))["predictions"]


def test_the_file_answers_as_the_network(exported):
    net, path = exported
    with torch.no_grad():
        expected = RawHeads(net)(torch.from_numpy(as_tensor(blocks_image(1, 20, SIDE, SIDE)))).numpy()
    assert expected.shape == (1, 12 * 12 + 6 * 6 + 3 * 3, 7)
    np.testing.assert_allclose(answer(path), expected, atol=1e-4, rtol=1e-4)


def test_half_and_int8_weights_stay_near(exported, tmp_path):
    _, path = exported
    write_half(path, tmp_path / "half.onnx")
    write_weight_only(path, tmp_path / "int8.onnx")
    np.testing.assert_allclose(answer(tmp_path / "half.onnx"), answer(path), atol=0.05, rtol=0.05)
    np.testing.assert_allclose(answer(tmp_path / "int8.onnx"), answer(path), atol=0.15, rtol=0.15)
    assert (tmp_path / "int8.onnx").stat().st_size < 0.5 * path.stat().st_size


def test_a_mean_over_the_photo_stays_fp32(tmp_path):
    class Spread(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return ((x - x.mean((1, 2, 3), keepdim=True)) ** 2).mean((1, 2, 3)) + 1

    path, half = tmp_path / "spread.onnx", tmp_path / "half.onnx"
    export_onnx(Spread(), torch.zeros(1, 3, SIDE, SIDE), path, "images", ["spread"])
    write_half(path, half, ("ReduceMean",))
    nodes = {output: node for node in onnx.load(half).graph.node for output in node.output}
    means = [node for node in nodes.values() if node.op_type == "ReduceMean"]
    assert len(means) == 2
    for mean in means:
        cast = nodes[mean.input[0]]
        assert cast.op_type == "Cast" and cast.attribute[0].i == onnx.TensorProto.FLOAT
    photo = as_tensor(blocks_image(1, 20, SIDE, SIDE)) / 255
    assert open_onnx(half)(photo)["spread"].item() == pytest.approx(open_onnx(path)(photo)["spread"].item(), rel=2e-3)


def test_int8_rows_by_hand():
    steps, scale = quantise_rows(np.float32([[1.27, -0.635, 0], [0, 0, 0]]))
    assert steps[0, 0] == 127 and steps[0, 1] in (-63, -64) and steps[0, 2] == 0 and not steps[1].any()
    np.testing.assert_allclose(scale, [0.01, 1])


def test_focus_is_one_six_by_six_convolution():
    torch.manual_seed(2)
    weight, image = torch.randn(4, 12, 3, 3), torch.randn(1, 3, 16, 16)
    parts = [image[..., row::2, column::2] for row, column in ((0, 0), (1, 0), (0, 1), (1, 1))]
    expected = torch.nn.functional.conv2d(torch.cat(parts, 1), weight, padding=1)
    actual = torch.nn.functional.conv2d(image, focus_to_six(weight), stride=2, padding=2)
    torch.testing.assert_close(actual, expected, atol=1e-4, rtol=1e-4)


def test_weights_come_back_from_a_folded_file(exported):
    """Batch norm put back by calibration leaves the function as it was."""
    net, path = exported
    fresh = Yolox(2)
    images = torch.rand(4, 3, SIDE, SIDE) * 255
    load_coco(fresh, path, images)
    fresh.eval()
    with torch.no_grad():
        for new, old in zip(fresh(images), net(images)):
            torch.testing.assert_close(new, old, atol=2e-3, rtol=2e-3)
    units = [u for u in execution_order(fresh) if hasattr(u, "norm")]
    assert all((u.norm.running_var > 0).all() for u in units) and callable(calibrate)


def test_mulberry_as_in_javascript():
    draw = mulberry32(1)
    # printed by the same generator in JavaScript
    assert [draw() for _ in range(3)] == pytest.approx([0.6270739405881613, 0.002735721180215478, 0.5274470399599522], abs=1e-15)


def test_blocks_are_flat_and_opaque_to_size():
    image = blocks_image(7, 4, 8, 12)
    assert image.shape == (8, 12, 3) and (image[0, 0] == image[1, 2]).all()
    assert as_tensor(image)[0, :, 0, 0].tolist() == image[0, 0, ::-1].tolist()


def test_a_golden_case_holds_the_largest_values():
    case = golden_case(1, 4, lambda tensor: {"out": tensor - 128}, "fp16")
    (output,) = case["outputs"]
    assert case["precision"] == "fp16" and output["shape"] == [1, 3, 4, 4] and len(output["indices"]) == 48
    assert len(output["values"]) == 48


def test_the_index_is_replaced_and_sorted(tmp_path):
    index = tmp_path / "index.json"
    for pack, version in (("b", "0.1.0"), ("a", "0.1.0"), ("b", "0.2.0")):
        update_index(index, pack, version)
    packs = json.loads(index.read_text())["packs"]
    assert [(p["id"], p["version"]) for p in packs] == [("a", "0.1.0"), ("b", "0.2.0")]


def test_files_are_listed_with_hash(tmp_path):
    (tmp_path / "model.fp32.onnx").write_bytes(b"abc")
    (entry,) = describe_files(tmp_path)
    assert entry["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" and entry["bytes"] == 3


def test_the_card_keeps_its_prose(tmp_path):
    card = tmp_path / "CARD.md"
    card.write_text("# T\n<!-- measured -->old<!-- /measured -->\nafter\n")
    fill_card(card, [{"name": "mAP50", "value": 0.5, "data": "d", "runtime": "r", "precision": "fp32"}], {"photos": {"train": 3}})
    text = card.read_text()
    assert "old" not in text and "| mAP50 | 0.500 |" in text and "photos: train 3" in text and text.endswith("after\n")
    card.write_text("none")
    with pytest.raises(ValueError):
        fill_card(card, [], {})


def test_no_batch_norm_is_left_in_the_file(exported):
    graph = onnx.load(exported[1]).graph
    assert not [n for n in graph.node if n.op_type == "BatchNormalization"]
    assert all(np.isfinite(numpy_helper.to_array(t)).all() for t in graph.initializer if t.data_type == 1)


def test_the_picture_s_logit_is_that_of_its_highest_score():
    heads = RawHeads(Yolox(2)).eval()
    with torch.no_grad():
        rows, logit = WithImageLevel(heads)(torch.rand(2, 3, 64, 64) * 255)
    score = (rows[..., 4:5] * rows[..., 5:]).flatten(1).max(1).values
    assert logit.shape == (2, 1)
    assert torch.allclose(logit[:, 0].sigmoid(), score, atol=1e-6)


def test_a_mirrored_picture_gives_the_mirrored_boxes():
    torch.manual_seed(4)
    x, net, at = torch.rand(1, 3, 64, 64) * 255, MirroredHeads(Yolox(2).eval()), 0
    with torch.no_grad():
        rows, turned = net(x), net(x.flip(3))
    for side in (8, 4, 2):
        shape = (side, side, 7)
        level, other = (r[0, at : at + side * side].view(shape) for r in (rows, turned))
        other, at = other.flip(1), at + side * side
        assert torch.allclose(level[..., 0], 1 - other[..., 0], atol=1e-4)
        assert torch.allclose(level[..., 1:], other[..., 1:], atol=1e-4)


def test_a_mirrored_picture_gives_the_mirrored_mask():
    torch.manual_seed(4)
    x, net = torch.rand(1, 3, 32, 32), MirroredMask(torch.nn.Conv2d(3, 1, 3, padding=1))
    with torch.no_grad():
        assert torch.allclose(net(x), net(x.flip(3)).flip(3), atol=1e-5)


def test_weights_kept_as_halves_give_the_same_answers_to_a_two_thousandth(tmp_path):
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 32, 3), torch.nn.Conv2d(32, 2, 3)).eval()
    path = tmp_path / "m.onnx"
    export_onnx(net, torch.zeros(1, 3, 16, 16), path, "images", ["out"])
    before, size = open_onnx(path), path.stat().st_size
    x = np.random.default_rng(0).random((1, 3, 16, 16), np.float32)
    exact = before(x)["out"]
    store_halves(path)
    assert path.stat().st_size < 0.75 * size
    np.testing.assert_allclose(open_onnx(path)(x)["out"], exact, atol=2e-3)
