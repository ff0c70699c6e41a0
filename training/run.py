"""`python -m training.run <pack> [--resume] [--stage train|evaluate|export|all]`: one command per pack.

A config's `task` names the module under training/tasks that knows the stages; each module offers
`train(config, run_dir, resume)`, `export(config, run_dir)` and `evaluate(config, run_dir)`. Evaluation
measures the exported file, so it comes last.
"""

import argparse
import importlib

from training.config import load_config
from training.paths import RUNS

STAGES = ("train", "export", "evaluate")


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.run", description=__doc__)
    parser.add_argument("pack", help="a file of training/configs without .toml")
    parser.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    parser.add_argument("--stage", choices=(*STAGES, "all"), default="all")
    arguments = parser.parse_args()
    config = load_config(arguments.pack)
    task = importlib.import_module(f"training.tasks.{config['task']}")
    run_dir = RUNS / arguments.pack
    run_dir.mkdir(parents=True, exist_ok=True)
    if arguments.stage in ("train", "all"):
        task.train(config, run_dir, arguments.resume)
    if arguments.stage in ("export", "all"):
        task.export(config, run_dir)
    if arguments.stage in ("evaluate", "all"):
        task.evaluate(config, run_dir)


if __name__ == "__main__":
    main()
