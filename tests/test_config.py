import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.config import RunConfig, load_config, parse_config, precision, presets
from evoapproxnas.errors import ConfigError, UnknownNameError
from tests.mutation import changed, plain


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


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("training.learning_rate=inf", "training.learning_rate.*finite"),
        ("training.learning_rate=1e30", "training.learning_rate.*less than"),
        ("search.limits={ error = nan }", "search.limits.error.*finite"),
        ("search.limits={ error = -inf }", "search.limits.error.*finite"),
        ("execution.timeout_seconds=nan", "timeout_seconds"),
        ("grid.columns=1_000_000_000", "grid.columns.*less than or equal to 100000"),
        ("data.augment=yes", "data.augment.*valid boolean.*'yes'"),
        ("data.augment=1", "data.augment.*valid boolean"),
        ("training.epochs=2.0", "training.epochs.*valid integer"),
        ("training.epochs=true", "training.epochs.*valid integer"),
        ("space.channels=[8, 0]", "space.channels.1.*greater than"),
        ("space.channels=[8, -16]", "space.channels.1.*greater than"),
        ("space.channels=" + "[" * 90 + "]" * 90, "space.channels.0.*valid integer"),
        ("space.channels=" + "[" * 5000 + "]" * 5000, "space.channels.*expected a list, got"),
        ("seed=" + "9" * 5000, "seed.*valid integer"),
        ("space.library=", "space.library.*at least 1 character"),
        ("a.b.c.d=1", "expected section.key=value"),
    ],
)
def test_absurd_values_are_refused(setting, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(settings=[setting])
    assert len(str(caught.value)) < 400


def test_sizes_that_are_absurd_together_are_refused():
    with pytest.raises(ConfigError, match=r"at most 100,000 nodes, got 1,000 rows"):
        load_config(settings=["grid.rows=1000", "grid.columns=1000"])
    with pytest.raises(ConfigError, match="min_macs"):
        load_config(settings=["space.min_macs=50_000_000"])


def test_paths_mean_the_same_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.npz").touch()
    config = load_config(
        settings=[
            *("data.data_dir=data", "space.library=lib", "data.dataset=a.npz"),
            "tabular.pickle=bench.pickle",
        ]
    )
    fixed = config.with_absolute_paths()
    assert fixed.data.data_dir == str(tmp_path / "data")
    assert fixed.tabular.pickle == str(tmp_path / "bench.pickle")
    assert fixed.space.library == str(tmp_path / "lib")
    assert fixed.data.dataset == "a.npz"  # Within the data folder.
    assert load_config(settings=["data.dataset=mine.npz"]).with_absolute_paths().data.dataset == (
        str(tmp_path / "mine.npz")
    )
    assert RunConfig().with_absolute_paths() == RunConfig()
    monkeypatch.setenv("HOME", str(tmp_path))
    config = load_config(settings=["data.data_dir=~/data"])
    assert config.with_absolute_paths().data.data_dir == str(tmp_path / "data")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_of_a_key_is_read_or_refused(data):
    values = RunConfig().model_dump(mode="json", exclude_none=True)
    section = data.draw(st.sampled_from([key for key in values if isinstance(values[key], dict)]))
    key = data.draw(st.sampled_from(list(values[section])) | st.text(max_size=5))
    values[section][key] = data.draw(plain)
    try:
        config = parse_config(values)
    except (ConfigError, UnknownNameError):
        return
    assert parse_config(tomllib.loads(config.to_toml())) == config


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_bytes(changed(data, load_config(preset="digits").to_toml().encode()))
    try:
        load_config(file=file)
    except ConfigError:
        pass


def test_sections_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        RunConfig().seed = 4


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags : fpu avx512f amx_bf16 amx_tile\n", "bfloat16"),
        ("flags : fpu avx512f avx512_bf16\n", "bfloat16"),
        ("flags : fpu avx512f avx512_vnni\n", "float32"),
        (None, "float32"),
    ],
)
def test_the_precision_is_decided_by_the_cpu(monkeypatch, tmp_path, flags, expected):
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text(flags)
    monkeypatch.setattr(precision, "_CPU", path)
    assert load_config().for_this_machine().training.precision == expected
    for kind in ("float32", "bfloat16"):
        config = load_config(settings=[f"training.precision={kind}"])
        assert config.for_this_machine() == config


def test_what_is_wrong_is_said_once():
    with pytest.raises(ConfigError) as caught:
        load_config(settings=["rungs.passes=[3, 1]"])
    told = "configuration key 'rungs.passes': rungs have to rise, got [3, 1]"
    assert str(caught.value) == told


def test_an_empty_table_in_a_section_clears_what_was_there():
    assert load_config(preset="digits").search.operators
    cleared = load_config(preset="digits", settings=["search.operators={}"])
    assert cleared.search.operators == {}
    assert cleared.search.limits == {"error": 0.5}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["rows=[8]"], "hardware.rows is a list to search, but hardware.search is off"),
        (["search=inner", "rows=[8]"], "the lists make one accelerator only"),
        (["search=genes", "rows=[8, 12]"], "no objective and no limit depends on the accelerator"),
        (["search=inner", "rows=[8, 8]"], "a value must not be in the list twice"),
        (["search=inner", "rows=[0, 8]"], "greater than or equal to 1"),
        (["search=inner", "buffer_kb=[0, 8]"], "greater than 0"),
        (["search=innr"], "'off', 'inner' or 'genes'"),
        (["search=inner", "rosw=[8, 12]"], "unknown configuration key 'hardware.rosw'.*'rows'"),
        (["inner_objective=energy_nj"], "'system_energy_nj', 'latency_ms'"),
        (
            [
                "search=inner",
                "accelerators=['edge_tpu', 'eyeriss']",
                "accelerator=microcontroller",
            ],
            "'microcontroller' is not among hardware.accelerators",
        ),
    ],
)
def test_hardware_that_cannot_be_searched_is_refused(settings, told):
    with pytest.raises(ConfigError, match=told):
        load_config(settings=[f"hardware.{setting}" for setting in settings])


def test_files_of_accelerators_mean_the_same_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load_config(
        settings=["hardware.search=inner", "hardware.accelerators=['a.toml', 'eyeriss']"]
    ).with_absolute_paths()
    assert config.hardware.accelerators == (str(tmp_path / "a.toml"), "eyeriss")
    twice = ["hardware.search=inner", "hardware.accelerators=['a.toml', './a.toml']"]
    with pytest.raises(ConfigError, match=r"a\.toml is in the list twice"):
        load_config(settings=twice).with_absolute_paths()
    config = load_config(settings=["hardware.accelerator=a.toml@8x8"]).with_absolute_paths()
    assert config.hardware.accelerator == f"{tmp_path / 'a.toml'}@8x8"
