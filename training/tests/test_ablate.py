"""What `training.ablate` changes of a config and reads of a run."""

import pytest

from training.ablate import last_figures, varied


def test_one_setting_changes_and_the_config_stays():
    config = {"seed": 8, "train": {"steps": 500, "weights": {"rendered": 0.05, "deepcrack": 0.52}}}
    changed = varied(config, "train.weights.rendered", 0)
    assert changed == {"seed": 8, "train": {"steps": 500, "weights": {"rendered": 0, "deepcrack": 0.52}}}
    assert config["train"]["weights"]["rendered"] == 0.05


@pytest.mark.parametrize("setting", ["train.weights.rendred", "trian.steps", "steps"])
def test_a_setting_that_is_not_there_is_an_error(setting):
    with pytest.raises(KeyError):
        varied({"train": {"steps": 5, "weights": {"rendered": 1}}}, setting, 2)


def test_the_figures_are_those_of_the_last_judging(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"step": 99, "loss": 0.4, "seconds": 60, "mean": 0.8, "deepcrack": 0.7}\n'
        '{"step": 199, "loss": 0.3, "seconds": 120, "mean": 0.85, "deepcrack": 0.8}\n'
        '{"step": 200, "loss": 0.3, "seconds": 121}\n'
    )
    assert last_figures(log) == {"mean": 0.85, "deepcrack": 0.8}
