"""Episodes of the embedder: what they hold, and what their loss asks for."""

import numpy as np
import torch

from training.anomaly.domains import Scenes
from training.anomaly.features import STRIDE, Embedder
from training.anomaly.teach import Taught, episode_loss, nearest
from training.surfaces.photos import Photo


def scene(seed: int) -> Photo:
    rng = np.random.default_rng(seed)
    image = rng.integers(100, 140, (400, 400, 3)).astype(np.uint8)
    mask = np.zeros((400, 400), np.uint8)
    mask[180:220, 180:220] = 1
    return Photo(f"scene {seed}", f"scene {seed}", image, mask, "scenes")


def test_an_episode_starts_with_clean_references_and_half_of_the_rest_is_damaged():
    episode = Scenes([scene(0), scene(1), scene(2)]).draw(np.random.default_rng(0), 4, 6, 64)
    shown = (episode.labels == 1).any((1, 2))
    assert episode.images.shape == (10, 64, 64, 3) and episode.references == 4
    assert not shown[:4].any()
    assert shown[4:].sum() == 3


def test_nearest_by_hand():
    found = nearest(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert torch.allclose(found, torch.tensor([13.0**0.5, 1.0]), atol=1e-3)


def test_the_loss_falls_as_damage_moves_away_from_the_memory():
    labels = torch.zeros(4, 64, 64, dtype=torch.uint8)
    labels[3, :16, :16] = 1
    net, losses = Taught(2), []
    for away in (0.0, 1.0, 5.0):
        features = torch.zeros(4, 2, 4, 4)
        features[3, 0, 0, 0] = away
        losses.append(episode_loss(net, features, labels, 2, 0.05).item())
    assert losses[0] > losses[1] > losses[2]


def test_an_unclean_reference_is_left_out_of_the_memory():
    labels = torch.zeros(3, 64, 64, dtype=torch.uint8)
    labels[0, :16, :16] = 1
    labels[2, :16, :16] = 1
    features = torch.zeros(3, 2, 4, 4)
    features[0, 0, 0, 0] = features[2, 0, 0, 0] = 9
    told = episode_loss(Taught(2), features, labels, 1, 0.05)
    features[2, 0, 0, 0] = 0
    assert told < episode_loss(Taught(2), features, labels, 1, 0.05)


def test_features_have_a_sixteenth_of_the_sides_and_do_not_follow_the_light():
    net = Embedder(8).eval()
    x = torch.rand(1, 3, 64, 96) * 0.5
    with torch.no_grad():
        plain, lit = net(x), net(x * 1.3 + 0.1)
    assert plain.shape == (1, 8, 64 // STRIDE, 96 // STRIDE)
    assert (plain - lit).abs().mean() < 0.15 * plain.abs().mean() + 1e-3
