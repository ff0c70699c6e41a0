"""Validation parts carved from training data by photo, so that crops of one photo never stand on both sides."""

import hashlib
import re
from collections.abc import Callable

from training.data.sample import Sample


def source_of(name: str) -> str:
    """The photo that a file was made from: Roboflow's suffix and a drone tile's row and column are dropped."""
    stem = re.split(r"_(?:jpe?g|png)\.rf\.", name, flags=re.IGNORECASE)[0]
    stem = re.sub(r"\.(?:jpe?g|png)$", "", stem, flags=re.IGNORECASE)
    tile = re.match(r"(DJI_\d+)", stem)
    return tile.group(1) if tile else stem


def in_part(source: str, parts: int, part: int = 0) -> bool:
    """Whether the source falls into one of `parts` equal parts, by SHA-256 of its name."""
    return int(hashlib.sha256(source.encode()).hexdigest(), 16) % parts == part


def carve(
    samples: list[Sample], parts: int, part: int = 0, key: Callable[[str], str] = source_of
) -> tuple[list[Sample], list[Sample]]:
    """(rest, carved) by the source of each sample's name."""
    rest = [s for s in samples if not in_part(key(s.name), parts, part)]
    return rest, [s for s in samples if in_part(key(s.name), parts, part)]
