"""Where data, weights, runs and packs lie; all but the packs can be moved by an environment variable."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("LOUPE_DATA", REPO / "../shared/data")).resolve()
WEIGHTS = Path(os.environ.get("LOUPE_WEIGHTS", REPO / "../shared/weights")).resolve()
RUNS = Path(os.environ.get("LOUPE_RUNS", REPO / ".runs")).resolve()
#: Shipped files that a later version went on from.
STARTS = REPO / "training" / "starts"
PACKS = REPO / "models"
CONFIGS = REPO / "training" / "configs"
