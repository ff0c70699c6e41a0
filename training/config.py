"""One TOML file per model pack; read as plain nested dictionaries."""

import tomllib

from training.paths import CONFIGS


def load_config(pack: str) -> dict:
    """The configuration of `pack`. Raises FileNotFoundError with the packs that there are."""
    path = CONFIGS / f"{pack}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise FileNotFoundError(f"no config for {pack}; there are: {known}")
    with path.open("rb") as file:
        return tomllib.load(file)
