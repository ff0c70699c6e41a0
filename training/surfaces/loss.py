"""Loss of the segmenters: weighted cross-entropy per pixel plus soft Dice over the batch."""

import torch
from torch.nn import functional as F

from training.surfaces.photos import IGNORE


def segment_loss(logits: torch.Tensor, labels: torch.Tensor, dice: float = 1.0) -> torch.Tensor:
    """
    logits float [n, 1, h, w]; labels uint8 [n, H, W] with 0, 1 or IGNORE. Logits coarser than the labels are
    enlarged bilinearly, as the app does. Soft Dice: Milletari et al., 2016.
    """
    logits = logits.float()
    if logits.shape[-2:] != labels.shape[-2:]:
        logits = F.interpolate(logits, size=labels.shape[-2:], mode='bilinear', align_corners=False)
    logits = logits[:, 0]
    known = (labels != IGNORE).float()
    target = (labels == 1).float()
    entropy = (F.binary_cross_entropy_with_logits(logits, target, reduction='none') * known).sum() / known.sum().clamp(min=1)
    share = torch.sigmoid(logits) * known
    overlap = 1 - (2 * (share * target).sum() + 1) / (share.sum() + target.sum() + 1)
    return entropy + dice * overlap
