import math

import pytest
import torch

from training.models.yolox import decode
from training.train.losses import detection_loss, generalised_iou


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([5.0, 5, 10, 10], 1.0),
        ([15.0, 5, 10, 10], 0.0),  # beside: no overlap, no gap
        ([25.0, 5, 10, 10], -1 / 3),  # a gap as wide as a box
        ([10.0, 5, 10, 10], 1 / 3),  # half shared: 50 / 150, hull is the union
    ],
)
def test_generalised_iou_by_hand(other, expected):
    value = generalised_iou(torch.tensor([[5.0, 5, 10, 10]]), torch.tensor([other]))
    assert value.item() == pytest.approx(expected, abs=1e-5)


def maps(classes: int = 1) -> list[torch.Tensor]:
    return [torch.zeros(1, 5 + classes, side, side) for side in (8, 4, 2)]


def test_decoding_places_the_grid():
    boxes, cells = decode(maps())
    assert boxes.shape == (1, 84, 6)
    assert boxes[0, 9, :4].tolist() == [8, 8, 8, 8]  # stride 8, row 1, column 1: raw zero is the cell's corner
    assert cells[9].tolist() == [12, 12, 8]
    assert boxes[0, 83, :4].tolist() == [32, 32, 32, 32]


def test_without_damage_only_objectness_counts():
    value = detection_loss(maps(), [torch.zeros(0, 5)])
    assert value.item() == pytest.approx(84 * math.log(2), rel=1e-5)


def test_a_perfect_answer_costs_next_to_nothing_and_a_wrong_class_more():
    raw = [m - torch.tensor([0, 0, 0, 0, 20.0, 20, 20]).view(1, 7, 1, 1) for m in maps(2)]
    raw[0][0, :, 2, 2] = torch.tensor([0.5, 0.5, 0, 0, 20, 20, -20])
    target = [torch.tensor([[0, 20.0, 20, 8, 8]])]
    assert detection_loss(raw, target).item() < 0.01
    assert detection_loss(raw, [torch.tensor([[1, 20.0, 20, 8, 8]])]).item() > 10


def test_the_gradient_pulls_the_answering_cell_only():
    raw = [m.requires_grad_() for m in maps()]
    detection_loss(raw, [torch.tensor([[0, 12.0, 12, 8, 8]])]).backward()
    moved = raw[0].grad[0, :4].abs().sum(0).nonzero().tolist()
    assert moved and all(abs(row - 1) <= 3 and abs(column - 1) <= 3 for row, column in moved)
    assert raw[2].grad[0, :4].abs().sum() == 0
