"""What `search.init` names: networks of the zoo, members of earlier fronts, designs in files."""

import json

import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.records import WARM, CandidateId, StepId
from evoapproxnas.search import run_campaign
from evoapproxnas.store import create_run, load_run
from evoapproxnas.store.weights import weights_file
from evoapproxnas.training import load_dataset
from tests.fakes import FakeExecutor, Recorder, tiny_config, tiny_run


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A finished run; its executor leaves weights."""
    run = tiny_run(tmp_path_factory.mktemp("runs") / "earlier", "inheritance.enabled=true")
    run_campaign(run, FakeExecutor(), Recorder())
    return run


def starts_of(run, *settings, name=""):
    wide = "search.population=60"
    init = f"search.init=['run:{run.path}{name}']"
    return make_problem(tiny_config(wide, init, *settings)).warm_starts()


def test_every_architecture_of_a_front_comes_with_its_weights(earlier):
    starts = starts_of(earlier)
    candidates = earlier.database.candidates()
    wanted = {candidates[point.candidate].architecture_key for point in earlier.archive()}
    assert {start.draft.architecture_key for start in starts} == wanted
    assert len(starts) == len(wanted)
    for start in starts:
        assert start.weights == b"weights"
        assert start.passes > 0
        assert start.origin.startswith("run earlier, g")


def test_one_member_may_be_named(earlier):
    point = next(iter(earlier.archive()))
    (start,) = starts_of(earlier, name=f":{point.candidate}")
    key = earlier.database.candidates()[point.candidate].architecture_key
    assert start.draft.architecture_key == key
    with pytest.raises(ConfigError, match="no front member g99-00"):
        starts_of(earlier, name=":g99-00")


def test_the_weights_are_what_the_first_candidates_begin_with(earlier, tmp_path):
    config = tiny_config(
        "search.population=60", "inheritance.enabled=true", f"search.init=['run:{earlier.path}']"
    )
    problem = make_problem(config)
    starts = problem.warm_starts()
    run = create_run(tmp_path / "next", config, make_ranking(problem, config), warm_starts=starts)
    run_campaign(run, FakeExecutor(), Recorder())
    trainings = {row.id: row for row in run.database.trainings()}
    for index, start in enumerate(starts):
        place = CandidateId(0, index)
        assert run.database.candidates()[place].key == start.draft.key
        first = trainings[StepId(place)]
        assert first.inherited_from == StepId(place, WARM)
        assert first.passes == start.passes + first.budget


def test_a_run_whose_weights_are_gone_is_refused(tmp_path):
    run = tiny_run(tmp_path / "a", "inheritance.enabled=true")
    run_campaign(run, FakeExecutor(), Recorder())
    (run.models_dir / weights_file(StepId(next(iter(run.archive())).candidate))).unlink()
    with pytest.raises(StoreError, match="weights"):
        starts_of(run)


def test_runs_of_another_data_set_or_space_are_refused(earlier, tmp_path):
    with pytest.raises(ConfigError, match="not in this search space"):
        starts_of(earlier, "grid.columns=1", "grid.rows=1")
    other = load_config(settings=["problem=synthetic", "search.objectives=['error', 'cost']"])
    run = create_run(tmp_path / "other", other, make_ranking(make_problem(other), other))
    with pytest.raises(ConfigError, match="searched synthetic"):
        starts_of(run)
    with pytest.raises(StoreError, match="search.init: no run folder at .*missing"):
        make_problem(tiny_config(f"search.init=['run:{tmp_path / 'missing'}']")).warm_starts()


def test_a_run_on_other_images_of_that_name_is_refused(tmp_path):
    run = tiny_run(tmp_path / "a", "inheritance.enabled=true", "data.train_images=300")
    run_campaign(run, FakeExecutor(), Recorder())
    images = load_dataset(run.config.data).digest
    (run.path / "inputs.json").write_text(json.dumps({"data set digits": images}))
    assert starts_of(load_run(run.path))  # This campaign has more of the same images.
    (run.path / "inputs.json").write_text(json.dumps({"data set digits": "0123"}))
    with pytest.raises(ConfigError, match="run a was trained on other images of data set digits"):
        starts_of(load_run(run.path))


def test_more_than_the_population_takes_is_refused(earlier):
    with pytest.raises(ConfigError, match=r"names \d+ candidates, but search\.population is 2"):
        starts_of(earlier, "search.population=2")


def test_what_is_neither_file_nor_network_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="not in the zoo"):
        make_problem(tiny_config("search.init=['resnet9']")).warm_starts()
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"nodes": 3}))
    with pytest.raises(ConfigError, match=r"mine\.json"):
        make_problem(tiny_config(f"search.init=['{file}']")).warm_starts()
