"""From linear light to the file a camera would write."""

import cv2
import numpy as np


def develop(linear: np.ndarray, rng: np.random.Generator, exposure: float, noise: float, blur: float) -> np.ndarray:
    """
    Linear RGB to 8-bit RGB: lens blur and vignette, photon and read noise with the blotches that demosaicing
    leaves, a filmic shoulder, sRGB transfer, and a little sharpening as phones do.
    """
    height, width = linear.shape[:2]
    image = linear.astype(np.float32) * exposure
    if blur > 0:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    image *= (1 - 0.16 * (x * x + y * y) ** 1.2)[..., None]
    grain = rng.standard_normal((height, width, 3)).astype(np.float32)
    grain = 0.55 * grain + 0.9 * cv2.GaussianBlur(grain, (0, 0), 0.9)
    image += grain * noise * np.sqrt(np.clip(image, 0.002, None))
    image = np.clip(image, 0, None)
    image = image * (1 + image * 0.12) / (1 + image * 0.32)
    srgb = np.where(image <= 0.0031308, image * 12.92, 1.055 * np.power(np.clip(image, 1e-6, None), 1 / 2.4) - 0.055)
    srgb = srgb + 0.35 * (srgb - cv2.GaussianBlur(srgb, (0, 0), 1.1))
    return np.clip(srgb * 255 + 0.5, 0, 255).astype(np.uint8)
