"""SimOTA: which grid cells answer for which damage.

Source: Ge et al., YOLOX, arXiv 2107.08430, section "SimOTA"; centre radius 2.5 strides, at most 10 cells.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

RADIUS = 2.5
TOP = 10


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """[A, 4] and [B, 4] as centre and size to [A, B]."""
    low = torch.max(a[:, None, :2] - a[:, None, 2:] / 2, b[None, :, :2] - b[None, :, 2:] / 2)
    high = torch.min(a[:, None, :2] + a[:, None, 2:] / 2, b[None, :, :2] + b[None, :, 2:] / 2)
    inner = (high - low).clamp_min(0).prod(-1)
    return inner / (a[:, None, 2:].prod(-1) + b[None, :, 2:].prod(-1) - inner + 1e-9)


@torch.no_grad()
def assign(predictions: Tensor, cells: Tensor, boxes: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cells that answer, the box each answers for, and the overlap it has reached.

    predictions [cells, 5 + classes] as decoded (logits), cells [cells, 3] (centre, stride), boxes [B, 4]
    as centre and size, labels [B]. Returns indices [M], box numbers [M], overlaps [M].
    """
    empty = torch.zeros(0, dtype=torch.long)
    if len(boxes) == 0:
        return empty, empty, torch.zeros(0)
    distance = (cells[None, :, :2] - boxes[:, None, :2]).abs()
    inside = (distance < boxes[:, None, 2:] / 2).all(-1)
    central = (distance < RADIUS * cells[None, :, 2:]).all(-1)
    candidates = (inside | central).any(0).nonzero()[:, 0]
    if len(candidates) == 0:
        return empty, empty, torch.zeros(0)
    chosen = predictions[candidates]
    overlap = pairwise_iou(boxes, chosen[:, :4])
    matched = _match(_cost(chosen, overlap, labels, (inside & central)[:, candidates]), overlap)
    answers = matched.any(0)
    numbers = matched[:, answers].int().argmax(0)
    return candidates[answers], numbers, overlap[numbers, answers.nonzero()[:, 0]]


def _cost(chosen: Tensor, overlap: Tensor, labels: Tensor, sure: Tensor) -> Tensor:
    """[B, candidates]: class error + 3 x localisation error, cells off the box's middle last."""
    classes = chosen.shape[1] - 5
    score = (chosen[:, 5:].sigmoid() * chosen[:, 4:5].sigmoid()).sqrt().clamp(1e-6, 1 - 1e-6)
    wanted = F.one_hot(labels, classes).float()
    # BCE summed over classes, as two matrix products
    error = -(wanted @ score.log().T + (1 - wanted) @ (1 - score).log().T)
    return error - 3 * torch.log(overlap + 1e-8) + 1e5 * ~sure


def _match(cost: Tensor, overlap: Tensor) -> Tensor:
    """[B, candidates] of bool; each box takes its cheapest k cells, each cell serves its cheapest box."""
    top = min(TOP, cost.shape[1])
    counts = overlap.topk(top, 1)[0].sum(1).int().clamp_min(1)
    matched = torch.zeros_like(cost, dtype=torch.bool)
    for box, count in enumerate(counts.tolist()):
        matched[box, cost[box].topk(count, largest=False)[1]] = True
    doubled = matched.sum(0) > 1
    if doubled.any():
        best = cost[:, doubled].argmin(0)
        matched[:, doubled] = False
        matched[best, doubled.nonzero()[:, 0]] = True
    return matched
