"""A training loop that any pack uses: fixed seeds, cosine schedule by steps, weight averaging, resuming.

The batch of step n depends on the seed and n alone, so a resumed run sees what an unbroken one would.
"""

import copy
import json
import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Schedule:
    """Steps and rates of a run, as a config's [train] table gives them."""

    steps: int
    rate: float
    decay: float = 0.02
    warmup: int = 60
    floor: float = 0.02
    clip: float = 10.0
    average: float = 0.998
    evaluate_every: int = 500
    seed: int = 1

    def rate_at(self, step: int) -> float:
        cosine = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.rate * min(1.0, (step + 1) / self.warmup) * (self.floor + (1 - self.floor) * cosine)


def prepare(seed: int) -> None:
    """Seeds and threads; LOUPE_THREADS says how many threads, 3 without it."""
    torch.manual_seed(seed)
    torch.set_num_threads(int(os.environ.get("LOUPE_THREADS", "3")))


@torch.no_grad()
def average_into(average: nn.Module, net: nn.Module, keep: float) -> None:
    """Exponential moving average of weights and statistics."""
    for held, new in zip(average.state_dict().values(), net.state_dict().values()):
        if held.dtype.is_floating_point:
            held.mul_(keep).add_(new, alpha=1 - keep)
        else:
            held.copy_(new)


def fit(
    net: nn.Module,
    batch: Callable[[np.random.Generator], tuple[Tensor, object]],
    loss: Callable[[nn.Module, Tensor, object], Tensor],
    schedule: Schedule,
    run_dir: Path,
    evaluate: Callable[[nn.Module], dict[str, float]] | None = None,
    resume: bool = False,
) -> nn.Module:
    """Trains `net` and returns its weight average, also kept as run_dir/last.pt.

    `batch(rng)` gives inputs [N, C, H, W] float32 and whatever `loss(net, inputs, targets)` takes; it runs in
    a second thread, one step ahead. Lines go to run_dir/progress.jsonl.
    """
    net = net.to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    weights = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in weights if p.ndim > 1], "weight_decay": schedule.decay},
            {"params": [p for p in weights if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=schedule.rate,
    )
    start = _restore(run_dir, net, average, optimiser) if resume else 0
    progress = (run_dir / "progress.jsonl").open("a" if start else "w")
    with ThreadPoolExecutor(1) as ahead:
        draw = lambda step: ahead.submit(batch, np.random.default_rng([schedule.seed, step]))
        waiting, smooth, since = draw(start), None, time.monotonic()
        for step in range(start, schedule.steps):
            inputs, targets = waiting.result()
            waiting = draw(step + 1)
            for group in optimiser.param_groups:
                group["lr"] = schedule.rate_at(step)
            net.train()
            value = loss(net, inputs.contiguous(memory_format=torch.channels_last), targets)
            optimiser.zero_grad(set_to_none=True)
            value.backward()
            torch.nn.utils.clip_grad_norm_(weights, schedule.clip)
            optimiser.step()
            average_into(average, net, min(schedule.average, (1 + step) / (10 + step)))
            smooth = value.item() if smooth is None else 0.95 * smooth + 0.05 * value.item()
            if step % 20 == 0:
                _say(progress, step=step, loss=round(smooth, 4), seconds=round(time.monotonic() - since, 1))
            done = step + 1
            if done % schedule.evaluate_every == 0 or done == schedule.steps:
                _keep(run_dir, net, average, optimiser, done)
                if evaluate:
                    _say(progress, step=done, **evaluate(average))
    progress.close()
    return average


def _say(progress, **facts) -> None:
    line = json.dumps(facts)
    progress.write(line + "\n")
    progress.flush()
    print(line, flush=True)


def _keep(run_dir: Path, net: nn.Module, average: nn.Module, optimiser, step: int) -> None:
    state = {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save({**state, "step": step}, run_dir / "checkpoint.part")
    os.replace(run_dir / "checkpoint.part", run_dir / "checkpoint.pt")
    torch.save(average.state_dict(), run_dir / "last.pt")


def _restore(run_dir: Path, net: nn.Module, average: nn.Module, optimiser) -> int:
    path = run_dir / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    net.load_state_dict(state["net"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return state["step"]
