import json

import torch
from torch import nn

from training.train.loop import Schedule, fit, prepare


def batch(rng):
    inputs = torch.from_numpy(rng.standard_normal((8, 1, 2, 2))).float()
    return inputs, inputs.mean((1, 2, 3), keepdim=True) * 3


def loss(net, inputs, targets):
    return (net(inputs).mean((1, 2, 3), keepdim=True) - targets).square().mean()


def run(folder, schedule, resume=False):
    prepare(schedule.seed)
    return fit(nn.Conv2d(1, 1, 1), batch, loss, schedule, folder, resume=resume)


def test_rate_warms_up_and_falls():
    schedule = Schedule(steps=100, rate=1.0, warmup=10)
    rates = [schedule.rate_at(step) for step in range(100)]
    assert rates[0] < 0.11 and max(rates) > 0.9 and rates[99] < 0.03


def test_it_learns_and_writes_its_progress(tmp_path):
    net = run(tmp_path, Schedule(steps=200, rate=0.1, warmup=5, evaluate_every=100, average=0.9))
    assert abs(net.weight.item() - 3) < 0.1
    lines = [json.loads(line) for line in (tmp_path / "progress.jsonl").read_text().splitlines()]
    assert lines[0]["loss"] > lines[-1]["loss"]


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    schedule = Schedule(steps=20, rate=0.1, warmup=5, evaluate_every=10)
    expected = run(whole, schedule).weight.item()
    calls = 0

    def failing(net, inputs, targets):
        nonlocal calls
        calls += 1
        if calls == 15:
            raise KeyboardInterrupt
        return loss(net, inputs, targets)

    prepare(1)
    try:
        fit(nn.Conv2d(1, 1, 1), batch, failing, schedule, broken)
    except KeyboardInterrupt:
        pass
    assert abs(run(broken, schedule, resume=True).weight.item() - expected) < 1e-6
