"""The stages of a segmenter's pack: train, export, evaluate."""

import json
from pathlib import Path

import numpy as np
import torch

from training.data.hashing import folder_hash
from training.export.card import fill_card
from training.export.golden import golden_case, write_golden
from training.export.half import store_halves, write_half
from training.export.litert import tflite_path, write_tflite
from training.export.manifest import pack_dir, write_manifest
from training.export.mirrored import MirroredMask
from training.export.onnx import export_onnx, open_onnx
from training.paths import DATA
from training.surfaces.crops import PAD
from training.surfaces.calibrate import calibrate, probability
from training.surfaces.rendered import rendered_clean, rendered_cracks
from training.surfaces.cracks import read_cracks, read_free_magnets
from training.surfaces.export import WithImageLevel, fused
from training.surfaces.masks import scores
from training.surfaces.photos import Photo
from training.surfaces.predict import predict_all, rows_of, to_tensor, torch_run
from training.surfaces.report import area_figure, false_alarms, group_figures, image_rows
from training.surfaces.rust import read_clear, read_rust
from training.surfaces.train import build, train as fit
from training.evaluate.tiles import cut, plan_tiles

READERS = {'cracks': read_cracks, 'rust': read_rust}
OUTPUT, IMAGE_OUTPUT = 'logits', 'imageLogit'
POOLED = 4
#: What a threshold may cost of the score that it is chosen by; the curve is flat around its top.
FLAT = 0.01


def group_scores(maps: list[np.ndarray], photos: list[Photo], groups: dict[str, int], key: str,
                 threshold: float) -> dict[str, float]:
    """`mean` of the key over groups of photos, each with its tolerance in pixels; and each group's own."""
    found = {}
    for group, tolerance in groups.items():
        chosen = [i for i, photo in enumerate(photos) if photo.group == group]
        rows = rows_of([maps[i] for i in chosen], [photos[i] for i in chosen], threshold, tolerance)
        found[group] = scores(rows)[key]
    return {'mean': float(np.mean(list(found.values()))), **found}


def best_scores(maps: list[np.ndarray], photos: list[Photo], groups: dict[str, int], key: str) -> dict[str, float]:
    """group_scores at the threshold with the best mean: how sure a checkpoint is must not decide between two."""
    return max((group_scores(maps, photos, groups, key, step) for step in (0.2, 0.35, 0.5, 0.65)), key=lambda s: s['mean'])


def choose_threshold(maps: list[np.ndarray], photos: list[Photo], groups: dict[str, int], key: str) -> float:
    """The highest probability at which group_scores' mean is within FLAT of its best: fewer false alarms."""
    steps = [float(step) for step in np.round(np.arange(0.2, 0.81, 0.05), 2)]
    means = [group_scores(maps, photos, groups, key, step)['mean'] for step in steps]
    return max(step for step, mean in zip(steps, means) if mean >= max(means) - FLAT)


def kept_to_choose(config: dict) -> list[Photo]:
    return [p for p in READERS[config['data']](DATA, 'choose') if p.group in config['select']['groups']]


def load(config: dict):
    """Photos to train on, and the judge of a net: the score of the photos kept for choosing."""
    kept, select = kept_to_choose(config), config['select']
    judge = lambda net: best_scores(predict_all(torch_run(net), config, kept, least=True), kept, select['groups'], select['key'])
    rendered = rendered_cracks(config['train'].get('rendered', 0), config['seed'])
    return READERS[config['data']](DATA, 'train') + rendered, judge


def train(config: dict, run: Path, resume: bool) -> None:
    fit(config, run, resume, load)


def export(config: dict, run: Path) -> None:
    """fp32 and fp16 files with their golden answers."""
    net = build(config)
    net.load_state_dict(torch.load(run / 'best.pt'))
    net, folder, side = fused(net), pack_dir(config), config['export']['size']
    full, half = folder / 'model.fp32.onnx', folder / 'model.fp16.onnx'
    names = [OUTPUT, IMAGE_OUTPUT] if config['export']['imageLevel'] else [OUTPUT]
    shipped = MirroredMask(net) if config['export'].get('mirrored') else net
    shipped = WithImageLevel(shipped, POOLED, config['model']['stride'], PAD / 127.5 - 1) if config['export']['imageLevel'] else shipped
    export_onnx(shipped, torch.zeros(1, 3, side, side), full, 'images', names)
    write_half(full, half)
    if precision := config.get('litert'):
        write_tflite(full, tflite_path(folder, precision), precision)
    store_halves(full)
    run_file = open_onnx(full)
    # golden_case packs BGR 0 to 255, these networks want RGB in [-1, 1]
    packed = lambda tensor: run_file(tensor[:, ::-1] / np.float32(127.5) - 1)
    write_golden(folder / 'golden.json', [golden_case(seed, side, packed) for seed in (1, 2)])


def image_logits(run, photos: list[Photo], config: dict) -> np.ndarray:
    """The highest whole-tile logit of each photo."""
    table, found = config['export'], []
    for photo in photos:
        height, width = photo.image.shape[:2]
        tiles = plan_tiles(width, height, table['size'], 'tile', table['overlap'], table['scales'])
        found.append(max(float(run(to_tensor(cut(photo.image, t, table['size'])))[IMAGE_OUTPUT].max()) for t in tiles))
    return np.array(found)


def image_level(run, config: dict, kept: list[Photo], report: list[Photo]) -> tuple[dict, list[dict]]:
    """Temperature and bias from the kept photos, and how well they hold on the reported ones."""
    sets = {'choose': kept + read_clear(DATA, 'choose'), 'report': report + read_clear(DATA, 'report')}
    logits = {part: image_logits(run, photos, config) for part, photos in sets.items()}
    truth = {part: np.array([bool((p.mask == 1).any()) for p in photos]) for part, photos in sets.items()}
    temperature, bias = calibrate(logits['choose'], truth['choose'])
    shares = probability(logits['report'], temperature, bias)
    data = f"{config['reported']} and clear photos of other sets"
    rows = image_rows(shares, truth['report'], [p.source for p in sets['report']], data)
    return {'name': IMAGE_OUTPUT, 'temperature': round(temperature, 4), 'bias': round(bias, 4)}, rows


def base_manifest(config: dict) -> dict:
    side, table = config['export']['size'], config['export']
    return {
        'id': config['id'], 'version': config['version'], 'title': config['title'], 'task': 'segment',
        'input': {'name': 'images', 'width': side, 'height': side, 'layout': 'nchw', 'dtype': 'float32',
                  'channels': 'rgb', 'scale': 1 / 127.5, 'mean': [1, 1, 1], 'std': [1, 1, 1], 'resize': 'tile', 'pad': 114},
        'output': {'kind': 'mask-logits', 'name': OUTPUT, 'stride': config['model']['stride']},
        'labels': [{'index': i, **label} for i, label in enumerate(config['labels'])],
        'tiling': {'overlap': table['overlap'], 'scales': table['scales']},
        'licence': config['licence'],
    }


def evaluate(config: dict, run: Path) -> None:
    """Threshold from the kept photos, figures on the reported ones, both by the shipped fp32 file."""
    folder, groups, select = pack_dir(config), config['report'], config['select']
    model = open_onnx(folder / 'model.fp32.onnx')
    answer = lambda tensor: model(tensor)[OUTPUT][0, 0]
    kept, report = kept_to_choose(config), READERS[config['data']](DATA, 'report')
    threshold = choose_threshold(predict_all(answer, config, kept), kept, select['groups'], select['key'])
    metrics, details = [], {'threshold': threshold}
    for group, tolerances in groups.items():
        photos = [p for p in report if p.group == group]
        maps = predict_all(answer, config, photos)
        for tolerance in tolerances:
            metrics += group_figures(maps, photos, threshold, tolerance, f'{group}, {len(photos)} photos', 'fp32')
        if config['data'] == 'rust':
            metrics.append(area_figure(maps, photos, threshold, f'{group}, {len(photos)} photos', 'fp32'))
    least = config['export']['minRegionPixels']
    clean = {'rendered clean surfaces': rendered_clean(18, config['seed'])}
    if config['data'] == 'cracks':
        clean['clean magnetic tiles'] = read_free_magnets(DATA / 'magnetic-tile', 'report')
    for name, photos in clean.items():
        alarms = false_alarms(predict_all(answer, config, photos), threshold, least)
        details[f'false alarms, {name}'] = f"{alarms['photos']:.3f} of {len(photos)} photos, {alarms['pixels']:.5f} of pixels"
    manifest = base_manifest(config)
    if config['export']['imageLevel']:
        manifest['imageLevel'], rows = image_level(model, config, kept, report)
        metrics += rows
    details['data sha256'], details['data files'] = folder_hash([DATA / place for place in config['folders']], DATA)
    manifest['thresholds'] = {'default': threshold, 'perLabel': {}, 'nmsIou': 0.5, 'minRegionPixels': least}
    write_manifest(folder, {**manifest, 'metrics': metrics})
    fill_card(folder / 'CARD.md', metrics, details)
    (run / 'report.json').write_text(json.dumps({'metrics': metrics, **details}, indent=1))
    print(json.dumps({'metrics': metrics, **details}, indent=1))
