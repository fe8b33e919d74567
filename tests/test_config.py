import pytest

from evoapproxnas.config import RunConfig, load_config, parse_config, presets
from evoapproxnas.errors import ConfigError, UnknownNameError


def test_every_preset_loads_and_round_trips(tmp_path):
    for name in presets():
        config = load_config(preset=name)
        file = tmp_path / f"{name}.toml"
        file.write_text(config.to_toml())
        assert load_config(file=file) == config


def test_later_sources_win(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text("seed = 3\n[search]\npopulation = 6\ngenerations = 2\n")
    config = load_config(preset="digits", file=file, settings=["search.generations=9"])
    assert (config.seed, config.search.population, config.search.generations) == (3, 6, 9)
    assert config.data.dataset == "digits"


def test_settings_read_as_toml_and_bare_words():
    config = load_config(
        settings=["data.dataset=cifar10", "space.channels=[4, 8]", "data.augment=false"]
    )
    assert config.data.dataset == "cifar10"
    assert config.space.channels == (4, 8)
    assert not config.data.augment


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("search.popluation=4", "did you mean 'population'"),
        ("serach.population=4", "did you mean 'search'"),
        ("search.population=many", "search.population.*valid integer.*'many'"),
        ("training.epochs=0", "training.epochs"),
        ("quantization.weight_scheme=other", "sign_magnitude"),
        ("quantization.weight_bits=9", "quantization.weight_bits"),
        ("quantization.activation_bits=1", "quantization.activation_bits"),
        ("quantization.range_method=median", "percentile"),
        ("search.population", r"expected section\.key=value"),
    ],
)
def test_bad_settings_name_key_and_remedy(setting, message):
    with pytest.raises(ConfigError, match=message):
        load_config(settings=[setting])


def test_bad_files_name_the_file(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read.*absent\.toml"):
        load_config(file=tmp_path / "absent.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("seed = = 1")
    with pytest.raises(ConfigError, match=r"broken\.toml is not valid TOML"):
        load_config(file=broken)


def test_unknown_preset_suggests():
    with pytest.raises(UnknownNameError, match="did you mean 'cifar10'"):
        load_config(preset="cifar")


def test_inconsistent_values_are_refused():
    with pytest.raises(ConfigError, match="min_depth"):
        parse_config({"space": {"min_depth": 9, "max_depth": 3}})
    with pytest.raises(ConfigError, match="two different"):
        parse_config({"search": {"objectives": ["error", "error"]}})


def test_sections_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        RunConfig().seed = 4
