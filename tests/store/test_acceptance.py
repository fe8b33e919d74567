import pytest

from evoapproxnas.config import MAY_CHANGE, flat, may_change
from evoapproxnas.errors import ConfigError
from evoapproxnas.store.acceptance import check_change, plain
from tests.fakes import tiny_config

RECORDED = plain(tiny_config("search.limits={error=0.5}"))


def changed(*settings):
    return plain(tiny_config("search.limits={error=0.5}", *settings))


@pytest.mark.parametrize(
    "setting",
    [
        *("search.generations=40", "search.max_evaluations=7", "search.max_hours=2.5"),
        *("execution.workers=7", "execution.memory_gb=1.5", "data.data_dir=/elsewhere"),
    ],
)
def test_what_may_change_may_change(setting):
    check_change(RECORDED, changed(setting))
    check_change(changed(setting), RECORDED)
    assert may_change(setting.partition("=")[0])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("training.epochs=3", r"training\.epochs is 3 and was 20"),
        ("quantization.calibration_images=9", r"calibration_images is 9 and was 256"),
        ("search.population=7", r"search\.population is 7 and was 6"),
        ("search.objectives=['error', 'macs']", r"objectives is .*macs.* and was .*energy_nj"),
        ("seed=3", "seed is 3 and was 0"),
        ("search.limits={error=0.4}", r"search\.limits is .*0\.4\} and was .*0\.5\}"),
        ("search.limits={macs=9}", r"search\.limits is .*macs.* and was .*error"),
        ("training.max_seconds=4", r"training\.max_seconds is 4.* and was nothing"),
    ],
)
def test_what_decides_results_may_not(setting, message):
    with pytest.raises(ConfigError, match=message + ".*put that back, or start a new run"):
        check_change(RECORDED, changed(setting))


@pytest.mark.parametrize("lines", range(0, 60, 7))
def test_a_file_that_was_cut_short_is_refused(lines):
    values = flat(RECORDED)
    kept = dict(list(values.items())[:lines])
    if all(key in kept or may_change(key) for key in values):
        check_change(RECORDED, nested(kept))
    else:
        with pytest.raises(ConfigError, match="config.toml lacks .*was it cut short"):
            check_change(RECORDED, nested(kept))


def test_of_older_runs_every_section_must_be_there():
    check_change(None, RECORDED)
    without = {key: value for key, value in RECORDED.items() if key != "execution"}
    with pytest.raises(ConfigError, match=r"lacks \[execution\]"):
        check_change(None, without)


def test_keys_that_came_later_have_their_defaults():
    older = {key: value for key, value in RECORDED.items() if key != "problem"}
    check_change(older, RECORDED)
    with pytest.raises(ConfigError, match="problem is 'synthetic' and was 'cnn'"):
        check_change(older, {**RECORDED, "problem": "synthetic"})


def test_the_list_is_what_the_message_says():
    assert "execution.*" in MAY_CHANGE
    assert not may_change("training.epochs")


def nested(values):
    tree = {}
    for key, value in values.items():
        *sections, name = key.split(".")
        branch = tree
        for section in sections:
            branch = branch.setdefault(section, {})
        branch[name] = value
    return tree
