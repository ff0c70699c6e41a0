"""
Teaches features by episodes: clean references make a memory, and the distances of other views' patches to it must
tell damaged patches and photos from clean ones. The test is the same with surfaces never seen.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.anomaly.domains import Episode, read_domains
from training.anomaly.features import Embedder
from training.anomaly.memory import auroc
from training.anomaly.report import all_patches, score_photos
from training.surfaces.magnets import read_magnets
from training.surfaces.mobilenet import load_imagenet
from training.surfaces.photos import IGNORE
from training.surfaces.predict import to_tensor
from training.surfaces.train import to_input
from training.train.loop import Schedule, fit, prepare
from training.train.precision import mixed

#: A patch is damaged above the second share of its pixels, clean at none; between it does not count.
CLEAN_SHARE, DAMAGED_SHARE = 0.0, 0.2


class Taught(nn.Module):
    """The embedder and what turns distances into logits while it learns; only the embedder is shipped."""

    def __init__(self, dimensions: int):
        super().__init__()
        self.embedder = Embedder(dimensions)
        self.patch = nn.Parameter(torch.tensor([2.0, -3.0]))
        self.photo = nn.Parameter(torch.tensor([2.0, -3.0]))

    def forward(self, x: Tensor) -> Tensor:
        return self.embedder(x)


def nearest(patches: Tensor, memory: Tensor) -> Tensor:
    """Euclidean distance of patches [n, D] to the nearest of memory [m, D]; [n]."""
    squares = (patches**2).sum(1, keepdim=True) - 2 * patches @ memory.T + (memory**2).sum(1)
    return squares.min(1).values.clamp_min(1e-4).sqrt()


def episode_loss(net: Taught, features: Tensor, labels: Tensor, references: int, share: float) -> Tensor:
    """
    features float [n, D, h, w]; labels uint8 [n, H, W]. Cross-entropy of patches, damaged and clean ones weighing
    the same, plus that of photos by the mean of their highest `share` of distances.
    """
    rows = features.float().permute(0, 2, 3, 1)
    count, height, width, depth = rows.shape
    known = (labels != IGNORE).float()
    damaged = F.adaptive_avg_pool2d((labels == 1).float(), (height, width)).flatten(1)
    seen = F.adaptive_avg_pool2d(known, (height, width)).flatten(1) > 0.99
    memory = rows[:references].reshape(-1, depth)[(damaged[:references] <= CLEAN_SHARE).flatten()]
    distance = nearest(rows[references:].reshape(-1, depth), memory).view(count - references, -1)
    damaged, seen = damaged[references:], seen[references:]
    truth = (damaged > DAMAGED_SHARE).float()
    weight = seen * ((damaged <= CLEAN_SHARE) | (damaged > DAMAGED_SHARE))
    entropy = F.binary_cross_entropy_with_logits(net.patch[0] * distance + net.patch[1], truth, reduction='none') * weight
    balanced = sum((entropy * side).sum() / (weight * side).sum().clamp(min=1) for side in (truth, 1 - truth)) / 2
    highest = distance.topk(max(1, round(share * distance.shape[1])), 1).values.mean(1)
    shown = (labels[references:] == 1).flatten(1).any(1).float()
    return balanced + F.binary_cross_entropy_with_logits(net.photo[0] * highest + net.photo[1], shown)


def teach(config: dict, data: Path, weights: Path, run: Path, resume: bool) -> Embedder:
    """The taught embedder; run/best.pt holds it. Progress is the AUROC on surfaces kept to choose."""
    table, memory, size = config['train'], config['memory'], config['export']['size']
    schedule = Schedule(table['steps'], table['rate'], decay=table['decay'], average=table['average'],
                        evaluate_every=table['judgeEvery'], seed=config['seed'])
    prepare(config['seed'])
    domains = read_domains(data, 'train')
    names = list(table['weights'])
    chance = np.array([table['weights'][n] for n in names]) / sum(table['weights'].values())

    def batch(rng: np.random.Generator) -> tuple[Tensor, Episode]:
        domain = domains[names[rng.choice(len(names), p=chance)]]
        episode = domain.draw(rng, table['references'], table['asked'], size)
        return to_input(episode.images[..., ::-1].transpose(0, 3, 1, 2).copy()), episode

    def loss(net: Taught, images: Tensor, episode: Episode) -> Tensor:
        with mixed():
            features = net(images)
        return episode_loss(net, features, torch.from_numpy(episode.labels), episode.references, memory['share'])

    net = Taught(config['model']['dimensions'])
    start, _ = zip(*[batch(np.random.default_rng([config['seed'], 2**31 + k])) for k in range(2)])
    load_imagenet(net.embedder.encoder, weights / config['model']['initial'], torch.cat(start))
    run.mkdir(parents=True, exist_ok=True)
    judge = lambda average: judged(average.embedder, config, data)
    taught = fit(net, batch, loss, schedule, run, judge, resume).embedder
    torch.save(taught.state_dict(), run / 'best.pt')
    return taught


def torch_features(net: Embedder):
    """[1, 3, S, S] array to [D, rows, columns] array."""

    @torch.no_grad()
    def run(tensor: np.ndarray) -> np.ndarray:
        return net(torch.from_numpy(tensor).to(memory_format=torch.channels_last))[0].numpy()

    return run


def judged(net: Embedder, config: dict, data: Path) -> dict[str, float]:
    """AUROC on surfaces that neither teach nor report, with 8 clean ones of the training surfaces."""
    kept = read_magnets(data / 'magnetic-tile', 'choose')
    clean = [p for p in read_magnets(data / 'magnetic-tile', 'train') if p.group == 'magnetClean']
    run, found = torch_features(net.eval()), []
    seen, defect = all_patches(run, config, kept), np.array([p.group == 'magnetDefect' for p in kept])
    for draw in range(3):
        order = np.random.default_rng([config['seed'], draw]).permutation(len(clean))[:8]
        memory = np.concatenate(all_patches(run, config, [clean[i] for i in order]))
        found.append(auroc(score_photos(seen, memory, config['memory']['share']), defect))
    return {'AUROC8': round(float(np.mean(found)), 4)}
