"""Training of the segmenters: seeded, resumable, paced by steps, averaged weights, progress in the run's folder."""

import copy
import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import distributed

from training.models.shipped import load_shipped
from training.paths import STARTS, WEIGHTS
from training.surfaces.crops import Cropper
from training.surfaces.loss import segment_loss
from training.surfaces.mobilenet import load_imagenet
from training.surfaces.unet import Segmenter
from training.train.loop import average_into
from training.train.precision import mixed


def build(config: dict) -> Segmenter:
    """The network of a config's [model] table, without weights."""
    table = config['model']
    return Segmenter(1, table['deep'], tuple(table['widths']), table['stride'])


def to_input(images: np.ndarray) -> torch.Tensor:
    """uint8 RGB [n, 3, h, w] to float in [-1, 1], channels last in memory."""
    return (torch.from_numpy(images).float() / 127.5 - 1).to(memory_format=torch.channels_last)


def _optimiser(net: Segmenter, decay: float, encoder: float) -> torch.optim.Optimizer:
    """AdamW; only kernels decay. `share` of a group times the schedule's rate is its own: `encoder` for the encoder."""
    parts = [(net.encoder, encoder), (net.ups, 1.0), (net.head, 1.0)]
    return torch.optim.AdamW([
        {'params': [p for p in part.parameters() if (p.ndim > 1) == kernels], 'weight_decay': decay * kernels, 'share': share}
        for part, share in parts for kernels in (True, False)
    ])


@torch.no_grad()
def _share_gradients(net: Segmenter, workers: int) -> None:
    """The mean of all workers' gradients."""
    if workers == 1:
        return
    gradients = [p.grad for p in net.parameters()]
    flat = torch.cat([g.flatten() for g in gradients])
    distributed.all_reduce(flat)
    for held, new in zip(gradients, (flat / workers).split([g.numel() for g in gradients])):
        held.copy_(new.view_as(held))


def _begin(net: Segmenter, config: dict, images: torch.Tensor) -> None:
    """ImageNet's weights in the encoder, or all of a shipped version's where the config names a `start`."""
    if start := config.get('start'):
        load_shipped(net, STARTS / start['file'], start['sha256'], images)
    else:
        load_imagenet(net.encoder, WEIGHTS / config['model']['initial'], images)


def train(config: dict, run: Path, resume: bool, load) -> None:
    """
    `load(config)`, a module's function, gives the photos to train on and `judge(net) -> dict`. Writes <run>/state.pt
    (for resuming), <run>/best.pt, the averaged weights that `judge` liked best by its first figure, and
    <run>/log.jsonl. The batch of a step depends on the seed and the step alone, so a resumed run sees what an
    unbroken one would.

    [train] `workers` processes of one thread each learn from a batch each and share gradients: on a busy
    machine they wait for each other once a step, threads of one process would at every layer.
    """
    workers = config['train']['workers']
    if workers == 1:
        _train(0, config, run, resume, load)
        return
    os.environ.setdefault('MASTER_ADDR', '127.0.0.1')
    os.environ.setdefault('MASTER_PORT', str(29500 + os.getpid() % 1000))
    torch.multiprocessing.start_processes(_train, (config, run, resume, load), workers, start_method='spawn')


def _train(rank: int, config: dict, run: Path, resume: bool, load) -> None:
    table, seed, workers = config['train'], config['seed'], config['train']['workers']
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if workers > 1:
        distributed.init_process_group('gloo', rank=rank, world_size=workers)
    run.mkdir(parents=True, exist_ok=True)
    photos, judge = load(config)
    cropper = Cropper(photos, table['weights'], table['size'], tuple(table['scales']), table['upright'],
                      table.get('mixed', 0.0), table.get('filled', 0.0))
    net = build(config)
    _begin(net, config, to_input(cropper.batch(np.random.default_rng(seed), 24)[0]))
    net = net.to(memory_format=torch.channels_last)
    average, optimiser = copy.deepcopy(net).eval(), _optimiser(net, table['decay'], table.get('encoder', 1.0))
    steps, start, best = table['steps'], 0, -1.0
    if resume and (run / 'state.pt').exists():
        state = torch.load(run / 'state.pt')
        net.load_state_dict(state['net'])
        average.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        start, best = state['step'], state['best']
    began, smooth = time.monotonic(), None
    with ThreadPoolExecutor(1) as ahead, (run / 'log.jsonl').open('a' if start or rank else 'w') as log:
        draw = lambda step: ahead.submit(cropper.batch, np.random.default_rng([seed, step, rank]), table['batch'])
        coming = draw(start)
        for step in range(start, steps):
            for group in optimiser.param_groups:
                group['lr'] = group['share'] * table['rate'] * min(1, (step + 1) / 60) * (0.02 + 0.49 * (1 + math.cos(math.pi * step / steps)))
            (images, masks), coming = coming.result(), draw(step + 1)
            net.train()
            with mixed():
                logits = net(to_input(images))
            loss = segment_loss(logits, torch.from_numpy(masks), table['dice'])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            _share_gradients(net, workers)
            torch.nn.utils.clip_grad_norm_(net.parameters(), 10)
            optimiser.step()
            if rank:
                continue
            average_into(average, net, min(table['average'], (1 + step) / (10 + step)))
            smooth = loss.item() if smooth is None else 0.97 * smooth + 0.03 * loss.item()
            entry, done = {'step': step, 'loss': round(smooth, 4), 'seconds': round(time.monotonic() - began)}, step + 1
            if done % table['judgeEvery'] == 0 or done == steps:
                figures = judge(average)
                entry |= {name: round(value, 4) for name, value in figures.items()}
                if next(iter(figures.values())) >= best:
                    best = float(next(iter(figures.values())))
                    torch.save(average.state_dict(), run / 'best.pt')
                torch.save({'net': net.state_dict(), 'average': average.state_dict(), 'step': done, 'best': best,
                            'optimiser': optimiser.state_dict()}, run / 'state.pt')
            if step % 25 == 0 or len(entry) > 3:
                print(json.dumps(entry), file=log, flush=True)
    if workers > 1:
        distributed.destroy_process_group()
