"""YOLOX's loss: 5 x GIoU + objectness + classes, all summed over the batch and divided by the matches."""

import torch
from torch import Tensor
from torch.nn import functional as F

from training.models.yolox import decode
from training.train.assign import assign


def generalised_iou(predicted: Tensor, wanted: Tensor) -> Tensor:
    """[M, 4] each, centre and size, to [M] in (-1, 1]. Source: Rezatofighi et al., arXiv 1902.09630."""
    p_low, p_high = predicted[:, :2] - predicted[:, 2:] / 2, predicted[:, :2] + predicted[:, 2:] / 2
    w_low, w_high = wanted[:, :2] - wanted[:, 2:] / 2, wanted[:, :2] + wanted[:, 2:] / 2
    inner = (torch.min(p_high, w_high) - torch.max(p_low, w_low)).clamp_min(0).prod(-1)
    union = predicted[:, 2:].prod(-1) + wanted[:, 2:].prod(-1) - inner + 1e-9
    around = (torch.max(p_high, w_high) - torch.min(p_low, w_low)).prod(-1) + 1e-9
    return inner / union - (around - union) / around


def detection_loss(maps: list[Tensor], targets: list[Tensor]) -> Tensor:
    """Scalar. maps as Yolox answers; targets per image [B, 5]: label, centre x, centre y, width, height."""
    decoded, cells = decode([m.float() for m in maps])
    box_loss = class_loss = decoded.new_zeros(())
    objectness = torch.zeros(decoded.shape[:2])
    matches = 0
    for number, (prediction, target) in enumerate(zip(decoded, targets)):
        boxes, labels = target[:, 1:], target[:, 0].long()
        chosen, owner, overlap = assign(prediction.detach(), cells, boxes, labels)
        if len(chosen) == 0:
            continue
        matches += len(chosen)
        objectness[number, chosen] = 1
        box_loss = box_loss + (1 - generalised_iou(prediction[chosen, :4], boxes[owner])).sum()
        wanted = F.one_hot(labels[owner], prediction.shape[1] - 5) * overlap[:, None]
        class_loss = class_loss + F.binary_cross_entropy_with_logits(prediction[chosen, 5:], wanted, reduction="sum")
    object_loss = F.binary_cross_entropy_with_logits(decoded[..., 4], objectness, reduction="sum")
    return (5 * box_loss + object_loss + class_loss) / max(matches, 1)
