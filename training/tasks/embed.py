"""The stages of the embedder's pack: train (fit its projection), export, evaluate (by patch memory)."""

import json
from pathlib import Path

import numpy as np
import torch

from training.anomaly.features import Embedder
from training.anomaly.memory import auroc
from training.anomaly.report import all_patches, interval, memory_of, score_photos
from training.anomaly.teach import teach
from training.data.hashing import folder_hash
from training.export.card import fill_card
from training.export.golden import golden_case, write_golden
from training.export.half import store_halves, write_half
from training.export.litert import tflite_path, write_tflite
from training.export.manifest import pack_dir, write_manifest
from training.export.onnx import export_onnx, open_onnx
from training.export.tfjs import write_tfjs
from training.paths import DATA, WEIGHTS
from training.surfaces.magnets import read_magnets
from training.surfaces.report import figure
from training.tasks.segment import base_manifest

OUTPUT = 'features'
FIRST = 8
#: Of what a memory is drawn by; the browser's evaluation draws by the same (cli/evaluate/anomaly-evaluator.ts).
SEED = 1
#: Mean and spread of the photo's pixels, whose sum is beyond what fp16 holds.
EXACT = ('ReduceMean',)


def train(config: dict, run: Path, resume: bool) -> None:
    teach(config, DATA, WEIGHTS, run, resume)


def export(config: dict, run: Path) -> None:
    """fp32 and fp16 files with their golden answers."""
    net = Embedder(config['model']['dimensions'])
    net.load_state_dict(torch.load(run / 'best.pt'))
    folder, side = pack_dir(config), config['export']['size']
    full = folder / 'model.fp32.onnx'
    export_onnx(net, torch.zeros(1, 3, side, side), full, 'images', [OUTPUT])
    write_tfjs(full, folder / 'tfjs')
    write_tflite(full, tflite_path(folder, config['litert']), config['litert'])
    write_half(full, folder / 'model.fp16.onnx', EXACT)
    store_halves(full)
    run_file = open_onnx(full)
    packed = lambda tensor: run_file(tensor[:, ::-1] / np.float32(127.5) - 1)
    write_golden(folder / 'golden.json', [golden_case(seed, side, packed) for seed in (1, 2)])


def evaluate(config: dict, run: Path) -> None:
    """AUROC on surfaces kept apart, memories made of clean training photos; by the shipped fp32 file."""
    folder, table = pack_dir(config), config['memory']
    model = open_onnx(folder / 'model.fp32.onnx')
    features = lambda tensor: model(tensor)[OUTPUT][0]
    report = read_magnets(DATA / 'magnetic-tile', 'report')
    clean = [p for p in read_magnets(DATA / 'magnetic-tile', 'train') if p.group == 'magnetClean']
    seen, known = all_patches(features, config, report), all_patches(features, config, clean)
    defect, sources = np.array([p.group == 'magnetDefect' for p in report]), [p.source for p in report]
    data, metrics, details = f'magnetic-tile, {len(report)} photos of other surfaces', [], {}
    for references in table['references']:
        draws = table['draws'] if references else 1
        found = []
        for seed in range(draws):
            order = np.random.default_rng([config['seed'], seed]).permutation(len(known))
            memory = memory_of([known[i] for i in (order[:references] if references else order)], table['patches'], SEED + seed)
            found.append(score_photos(seen, memory, table['share']))
        values = [auroc(scores, defect) for scores in found]
        middle = found[int(np.argsort(values)[len(values) // 2])]
        name = f'AUROC, {references} references' if references else f'AUROC, {len(known)} references'
        metrics.append(figure(name, float(np.mean(values)), interval(middle, defect, sources), data, 'fp32'))
        details[name] = f'{min(values):.4f} to {max(values):.4f} over {draws} draw(s) of references'
    # The first by name and not drawn, so that the browser can be shown the same ones (cli/evaluate/report-sets.ts).
    first = score_photos(seen, memory_of(known[:FIRST], table['patches'], SEED), table['share'])
    metrics.append(figure(f'AUROC, first {FIRST} references', auroc(first, defect), interval(first, defect, sources), data, 'fp32'))
    details['data sha256'], details['data files'] = folder_hash([DATA / place for place in config['folders']], DATA)
    manifest = base_manifest(config) | {
        'task': 'embed', 'input': base_manifest(config)['input'] | {'resize': config['export']['resize']},
        'output': {'kind': 'patch-features', 'name': OUTPUT, 'memory': {key: table[key] for key in ('patches', 'share')}},
        'thresholds': {'default': 0.5, 'perLabel': {}, 'nmsIou': 0.5},
    }
    write_manifest(folder, manifest | {'metrics': metrics})
    fill_card(folder / 'CARD.md', metrics, details)
    (run / 'report.json').write_text(json.dumps({'metrics': metrics, **details}, indent=1))
    print(json.dumps({'metrics': metrics, **details}, indent=1))
