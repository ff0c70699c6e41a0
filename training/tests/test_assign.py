import torch

from training.train.assign import assign, pairwise_iou


def cells(side: int = 4, stride: int = 8) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    centres = (torch.stack([columns, rows], -1).view(-1, 2) + 0.5) * stride
    return torch.cat([centres, torch.full((side * side, 1), float(stride))], 1)


def predictions(grid: torch.Tensor, size: float = 8.0, classes: int = 2) -> torch.Tensor:
    return torch.cat([grid[:, :2], torch.full((len(grid), 2), size), torch.zeros(len(grid), 1 + classes)], 1)


def test_iou_of_hand_computed_boxes():
    a = torch.tensor([[5.0, 5, 10, 10]])
    b = torch.tensor([[5.0, 5, 10, 10], [10, 5, 10, 10], [50, 50, 2, 2]])
    assert torch.allclose(pairwise_iou(a, b), torch.tensor([[1.0, 1 / 3, 0.0]]), atol=1e-6)


def test_the_cell_whose_box_fits_is_chosen():
    grid = cells()
    box = torch.tensor([[12.0, 12, 8, 8]])
    chosen, owner, overlap = assign(predictions(grid), grid, box, torch.tensor([1]))
    assert chosen.tolist() == [5] and owner.tolist() == [0]
    assert torch.allclose(overlap, torch.tensor([1.0]), atol=1e-5)


def test_a_larger_overlap_sum_gives_more_cells():
    grid = cells()
    box = torch.tensor([[16.0, 16, 24, 24]])
    chosen, _, overlap = assign(predictions(grid, 24), grid, box, torch.tensor([0]))
    # the four cells around the middle overlap by 400 / (2 * 576 - 400) = 0.53, the next six by 0.26: sum 3.7
    assert len(chosen) == 3 and set(chosen.tolist()) < {5, 6, 9, 10}
    assert torch.allclose(overlap.max(), torch.tensor(400 / 752), atol=1e-5)


def test_a_cell_serves_one_box_only():
    grid = cells()
    boxes = torch.tensor([[12.0, 12, 8, 8], [12, 12, 9, 9]])
    chosen, owner, _ = assign(predictions(grid), grid, boxes, torch.tensor([0, 0]))
    assert len(set(chosen.tolist())) == len(chosen) == len(owner)


def test_a_photo_without_damage_and_a_box_off_the_grid_match_nothing():
    grid = cells()
    for boxes in (torch.zeros(0, 4), torch.tensor([[500.0, 500, 4, 4]])):
        chosen, owner, overlap = assign(predictions(grid), grid, boxes, torch.zeros(len(boxes), dtype=torch.long))
        assert len(chosen) == len(owner) == len(overlap) == 0
