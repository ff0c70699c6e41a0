"""
`python -m training.ablate <pack> <setting> <value>... [--steps N] [--seeds N]`: what one setting gives.

Trains a segmenter's pack once per value and seed, else by its own config, for `--steps` steps and without its `[start]` (a start
may have learnt with what is to be left out). Says the figures on the photos kept for choosing, never on reported ones:

    python -m training.ablate surface-crack train.weights.rendered 0 0.05 0.25 --steps 300 --seeds 2
"""

import argparse
import copy
import json
from pathlib import Path

from training.config import load_config
from training.paths import RUNS
from training.tasks.segment import train


def varied(config: dict, setting: str, value: object) -> dict:
    """A copy of `config` with `value` under the dotted name `setting`. KeyError where the config has no such setting."""
    changed = copy.deepcopy(config)
    *folders, name = setting.split(".")
    table = changed
    for folder in folders:
        table = table[folder]
    if name not in table:
        raise KeyError(f"{setting} is not in the config")
    table[name] = value
    return changed


def last_figures(log: Path) -> dict:
    """The last line of a run's log that holds figures of the judge, without the step, loss and time."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    judged = [line for line in lines if len(line) > 3]
    return {name: value for name, value in judged[-1].items() if name not in ("step", "loss", "seconds")}


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.ablate", description=__doc__)
    parser.add_argument("pack", help="a segmenter's file of training/configs without .toml")
    parser.add_argument("setting", help="dotted name of a setting, such as train.weights.rendered")
    parser.add_argument("values", nargs="+", type=json.loads, help="its values, as JSON")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs per value")
    arguments = parser.parse_args()
    config = load_config(arguments.pack)
    config.pop("start", None)
    config["train"] |= {"steps": arguments.steps, "judgeEvery": arguments.steps}
    for number in range(arguments.seeds):
        for value in arguments.values:
            tried = varied(config, arguments.setting, value) | {"seed": config["seed"] + number}
            run = RUNS / "ablate" / arguments.pack / arguments.setting / f"{value}-seed-{tried['seed']}"
            train(tried, run, resume=False)
            print(json.dumps({arguments.setting: value, "seed": tried["seed"], **last_figures(run / "log.jsonl")}), flush=True)


if __name__ == "__main__":
    main()
