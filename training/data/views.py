"""Batches for detectors, drawn from a list of photos as a stage of the config says."""

import cv2
import numpy as np
import torch
from torch import Tensor

from training.data.augment import PAD, clip_boxes, flip, random_view, relight, to_centre
from training.data.paste import paste_damage
from training.data.sample import Sample


class ViewMaker:
    """Draws training views; safe to call from one thread at a time."""

    def __init__(self, samples: list[Sample], augment: dict, weights: list[float] | None = None):
        self.samples = samples
        self.side = augment["side"]
        self.scales = tuple(augment["scales"])
        self.aim = augment.get("aim", 0.0)
        self.mosaic = augment.get("mosaic", 0.0)
        self.paste = augment.get("paste", 0.0)
        self.colour = augment.get("colour", True)
        self.chance = None if weights is None else np.asarray(weights) / np.sum(weights)

    def view(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """One view [side, side, 3] float32 BGR and its boxes [B, 5] corners."""
        image, boxes = self._four(rng) if rng.random() < self.mosaic else self._one(rng)
        if rng.random() < self.paste:
            for _ in range(int(rng.integers(1, 4))):
                image, boxes = paste_damage(image, boxes, self._donor(rng), rng)
        image, boxes = flip(image, boxes, rng)
        return relight(image, rng, self.colour), boxes

    def _donor(self, rng: np.random.Generator) -> Sample:
        return self.samples[rng.choice(len(self.samples), p=self.chance)]

    def _one(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return random_view(self._donor(rng), self.side, self.scales, rng, self.aim)

    def _four(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Four views around a common corner, each cut to its quarter, at their own scale."""
        side = self.side
        column, row = (int(rng.uniform(0.3, 0.7) * side) for _ in range(2))
        canvas = np.full((side, side, 3), PAD, np.uint8)
        found = []
        for x1, y1, x2, y2 in ((0, 0, column, row), (column, 0, side, row), (0, row, column, side), (column, row, side, side)):
            image, boxes = self._one(rng)
            width, height = x2 - x1, y2 - y1
            left, top = (int(rng.integers(side - n + 1)) for n in (width, height))
            canvas[y1:y2, x1:x2] = image[top : top + height, left : left + width]
            boxes = clip_boxes(boxes - np.float32([0, left, top, left, top]), width, height)
            found.append(boxes + np.float32([0, x1, y1, x1, y1]))
        return canvas, np.concatenate(found)

    def batch(self, count: int, rng: np.random.Generator) -> tuple[Tensor, list[Tensor]]:
        """Images [count, 3, side, side] and per image [B, 5] label, centre, size."""
        cv2.setNumThreads(1)
        views = [self.view(rng) for _ in range(count)]
        images = torch.from_numpy(np.stack([image for image, _ in views]).transpose(0, 3, 1, 2).copy())
        return images.float(), [torch.from_numpy(to_centre(boxes)) for _, boxes in views]
