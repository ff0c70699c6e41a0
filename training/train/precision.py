"""bfloat16 where the processor computes in it: elsewhere it is emulated, 25 times as slow as float32 on AVX2."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

import torch

FLAGS = ("avx512_bf16", "amx_bf16")


@cache
def half_pays() -> bool:
    """Whether this processor has bfloat16 arithmetic; False where the system does not say."""
    info = Path("/proc/cpuinfo")
    words = info.read_text().split() if info.exists() else []
    return any(flag in words for flag in FLAGS)


def mixed() -> AbstractContextManager:
    """Autocast to bfloat16, or nothing."""
    return torch.autocast("cpu", torch.bfloat16) if half_pays() else nullcontext()
