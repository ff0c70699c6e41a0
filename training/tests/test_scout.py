import numpy as np
import onnxruntime
import torch

from training.export.onnx import export_onnx, fused
from training.models.scout import RARE, STRIDE, Scout
from training.train.scout import suspicion_loss, suspicion_targets


def box(left, top, right, bottom):
    return [0.0, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top]


def test_every_cell_that_a_damage_touches_is_damaged_and_those_beside_count_for_nothing():
    target, weight = suspicion_targets(torch.tensor([box(17, 8, 30, 15)]), 6)
    assert target.nonzero().tolist() == [[1, 2], [1, 3]]
    ring = [[row, column] for row in range(3) for column in range(1, 5) if [row, column] not in ([1, 2], [1, 3])]
    assert (weight == 0).nonzero().tolist() == ring
    # two cells of a damage together weigh as much as the twelve of another
    assert weight[1, 2] == weight[1, 3] == 2 * 12 / 2


def test_a_large_damage_counts_each_cell_once_and_ends_at_the_picture():
    target, weight = suspicion_targets(torch.tensor([box(-20, -20, 40, 24)]), 6)
    assert target.sum() == 5 * 3 and weight[0, 0] == 2.0


def test_a_clean_view_has_no_target():
    target, weight = suspicion_targets(torch.zeros(0, 5), 4)
    assert target.sum() == 0 and (weight == 1).all()


def test_the_loss_of_one_cell_by_hand():
    logits = torch.full((1, 1, 2, 2), 0.0)
    # all four cells are of the damage: each 0.5^1.5 * ln 2 * weight 2 * 12 / 4, by one damage
    expected = 4 * 0.5**1.5 * np.log(2) * 2 * 3
    assert abs(suspicion_loss(logits, [torch.tensor([box(0, 0, 16, 16)])]).item() - expected) < 1e-5


def test_it_learns_where_a_bright_spot_lies():
    torch.manual_seed(1)
    rng, net = np.random.default_rng(1), Scout(4)
    optimiser = torch.optim.Adam(net.parameters(), 5e-3)
    for _ in range(60):
        images, boxes = torch.full((8, 3, 64, 64), 114.0), [torch.zeros(0, 5)] * 8
        for at in range(0, 8, 2):
            x, y = (int(place) * STRIDE for place in rng.integers(0, 8, 2))
            images[at, :, y : y + STRIDE, x : x + STRIDE] = 250
            boxes[at] = torch.tensor([box(x, y, x + STRIDE, y + STRIDE)])
        optimiser.zero_grad()
        answer = net(images)
        suspicion_loss(answer, boxes).backward()
        optimiser.step()
    assert answer[6].flatten().argmax() == y // STRIDE * 8 + x // STRIDE
    assert answer[6].max() > 0 > answer[7].max()


def test_a_new_scout_expects_nothing_and_its_file_answers_as_it_does(tmp_path):
    torch.manual_seed(2)
    net = Scout(4).eval()
    images = torch.rand(1, 3, 64, 96) * 255
    with torch.no_grad():
        answer = net(images)
    assert answer.shape == (1, 1, 64 // STRIDE, 96 // STRIDE)
    assert abs(answer.mean().item() - RARE) < 1
    path = tmp_path / "scout.onnx"
    export_onnx(fused(net), images, path, "images", ["suspicion"])
    (found,) = onnxruntime.InferenceSession(str(path)).run(None, {"images": images.numpy()})
    assert np.abs(found - answer.numpy()).max() < 1e-4
