"""The finish of a run, with figures that cost nothing."""

import json
import shutil

import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError, NothingFound, StoreError, UnknownNameError
from evoapproxnas.records import Failure
from evoapproxnas.search import finalize, run_campaign
from evoapproxnas.search import finish as driver
from evoapproxnas.search.finish import choose_members
from evoapproxnas.store import load_run
from evoapproxnas.training import load_dataset
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.finishing import FinishExecutor
from tests.synthetic_runs import synthetic_run

OPTIONS = {"top": 2, "passes": 5, "points": 2, "baselines": [6]}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    run = tiny_run(tmp_path_factory.mktemp("searched") / "run", "inheritance.enabled=true")
    run_campaign(run, FakeExecutor(), Recorder())
    return run.path


@pytest.fixture
def run(searched, tmp_path):
    shutil.copytree(searched, tmp_path / "run")
    return load_run(tmp_path / "run")


@pytest.fixture
def execute(monkeypatch):
    """Finish a run by an executor; returns the table, and the executor."""

    def finish(run, executor=None, observer=None, **options):
        executor = executor or FinishExecutor()
        monkeypatch.setattr(driver, "make_executor", lambda *_, **__: executor)
        return finalize(run, observer=observer, **options), executor

    return finish


def without_time(table):
    return table.drop(columns="seconds").to_csv()


def test_members_go_through_all_stages(run, execute):
    recorder = Recorder()
    table, executor = execute(run, observer=recorder, **OPTIONS)
    first, second = (member.id for member in choose_members(load_run(run.path)))
    assert [entry[:2] for entry in executor.done if entry[1].startswith(first)] == [
        ("train", first), ("train", first), ("assign", first),
        ("tune", f"{first}-f2"), ("tune", f"{first}-f4"), ("tune", f"{first}-a6w6"),
    ]  # fmt: skip
    labels = ["f2", "f4", "a6w6"]
    assert list(table["id"]) == [f"{m}-{label}" for m in (first, second) for label in labels]
    assert set(table["passes"]) == {5}
    assert (run.path / "finish" / f"{first}-f2.keras").read_bytes() == b"model"
    assert not list((run.path / "finish").glob(".*checkpoint"))
    assert f"{first} half of it" in recorder.messages
    assert load_run(run.path).finished().equals(table.convert_dtypes().astype(table.dtypes))


def test_what_is_done_is_not_done_again(run, execute):
    table, _ = execute(run, **OPTIONS)
    again, executor = execute(load_run(run.path))  # The options are remembered.
    assert executor.done == []
    assert again.equals(table)


@pytest.mark.parametrize("moment", range(12))
def test_a_finish_goes_on_where_it_was_killed(run, execute, moment):
    whole = FinishExecutor()
    with pytest.raises(KeyboardInterrupt):
        execute(run, FinishExecutor(die_after=moment), **OPTIONS)
    table, rest = execute(load_run(run.path), whole)
    assert len(rest.done) == 12 - moment
    if moment == 1:  # A training goes on from the state that its last turn left.
        assert "checkpoint" in rest.done[0][2]
    shutil.rmtree(run.path / "finish")
    assert without_time(execute(load_run(run.path))[0]) == without_time(table)


@pytest.mark.parametrize(("workers", "first"), [(1, ["train"] * 2), (2, ["train"] * 4)])
def test_several_workers_do_the_long_stages_first(run, execute, workers, first):
    """A training takes the fake two turns; the order is that in which work was given out."""
    run.reconfigure({"execution": {"workers": workers}})
    _, executor = execute(run, **OPTIONS)
    words = [word for word, *_ in executor.done]
    assert words[: len(first) + 1] == [*first, "assign"]
    assert words.count("train") == 4


def test_other_options_do_again_what_they_decide(run, execute):
    execute(run, **OPTIONS)
    words = lambda executor: [word for word, *_ in executor.done]  # noqa: E731
    _, more = execute(load_run(run.path), points=3)
    assert words(more) == ["tune"] * 2
    _, longer = execute(load_run(run.path), finetune_passes=9)
    assert words(longer) == ["tune"] * 8
    _, wider = execute(load_run(run.path), circuits=3)
    assert words(wider) == ["assign"] * 2
    table, other = execute(load_run(run.path), passes=6)
    assert words(other).count("train") == 4
    assert set(table["passes"]) == {6}
    assert set(table["finetune_passes"]) == {9}


def test_members_that_were_finished_before_stay_in_the_table(run, execute):
    members = [member.id for member in choose_members(run)]
    table, _ = execute(run, **{**OPTIONS, "top": 1})
    table, executor = execute(load_run(run.path), members=[members[1]])
    assert {row.split("-f")[0] for row in table["id"] if "-f" in row} == set(members[:2])
    assert {entry[1][:6] for entry in executor.done} == {members[1]}


def test_a_file_that_is_gone_is_made_again(run, execute):
    table, _ = execute(run, **OPTIONS)
    lost = table["id"][0]
    (run.path / "finish" / f"{lost}.keras").unlink()
    _, executor = execute(load_run(run.path))
    assert [entry[:2] for entry in executor.done] == [("tune", lost)]


def test_all_learn_from_the_best_which_is_trained_first(run, execute):
    _, executor = execute(run, **OPTIONS, teacher="best")
    members = choose_members(run)
    best = min(members, key=lambda member: member.error).id
    taught = {"train": [], "assign": [], "tune": []}
    for word, name, blobs in executor.done:
        taught[word].append((name, "teacher" in blobs))
    trained = taught["train"]
    assert trained[:2] == [(best, False)] * 2
    assert set(trained[2:]) == {(m.id, True) for m in members if m.id != best}
    assert all(teacher for _, teacher in taught["tune"])


def test_the_one_that_all_learn_from_is_always_chosen(run):
    run.reconfigure({"finish": {"top": 100}})
    by_contribution = choose_members(run)
    best = min(by_contribution, key=lambda member: member.error).id
    assert by_contribution[0].id != best
    run.reconfigure({"finish": {"teacher": "best"}})
    assert choose_members(run)[0].id == best
    run.reconfigure({"finish": {"top": 1}})
    assert [member.id for member in choose_members(run)] == [best]


def test_it_is_the_one_of_the_least_error_whichever_objective_is_first(tmp_path):
    run = tiny_run(
        tmp_path / "run", "inheritance.enabled=true", 'search.objectives=["energy_nj", "error"]'
    )
    run_campaign(run, FakeExecutor(), Recorder())
    run.reconfigure({"finish": {"teacher": "best", "top": 100}})
    first, *others = choose_members(run)
    assert first.error == run.front()["error"].min()
    assert all(first.error < other.error for other in others)


def test_who_waits_for_a_teacher_that_failed_is_told_of(run, execute):
    run.reconfigure({"finish": {"teacher": "best"}})
    members = choose_members(run)
    best = min(members, key=lambda member: member.error).id
    others = [member.id for member in members if member.id != best]
    fails = lambda word, name: Failure("raised", "boom") if name == best else None  # noqa: E731
    recorder = Recorder()
    with pytest.raises(NothingFound, match="boom"):
        execute(run, FinishExecutor(fails=fails), observer=recorder)
    told = f"left out: {', '.join(others)}, which learn from {best}, whose training failed"
    assert any(message.startswith(told) for message in recorder.messages)


def test_the_search_left_weights_to_begin_with(run, execute):
    _, executor = execute(run, **OPTIONS, begin="search")
    assert all("npz" in blobs for word, _, blobs in executor.done if word == "train")
    shutil.rmtree(run.models_dir)
    with pytest.raises(ConfigError, match=r"were not kept; set finish.begin=scratch"):
        execute(load_run(run.path), passes=7)


def test_a_member_that_fails_is_told_and_the_others_go_on(run, execute):
    first, second = (member.id for member in choose_members(run)[:2])
    diverges = lambda word, name: name == first and Failure("diverged", "loss is nan")  # noqa: E731
    recorder = Recorder()
    table, _ = execute(run, FinishExecutor(fails=diverges), recorder, **OPTIONS)
    assert f"training of {first} failed (diverged): loss is nan" in recorder.messages
    assert {name[: len(second)] for name in table["id"]} == {second}
    table, executor = execute(load_run(run.path))  # It is tried again.
    assert ("train", first, frozenset()) in executor.done
    assert len(table) == 6


def test_nothing_finished_is_an_error(run, execute):
    fails = FinishExecutor(fails=lambda word, name: Failure("diverged", "loss is nan"))
    with pytest.raises(NothingFound, match="training of g.* failed, loss is nan"):
        execute(run, fails, **OPTIONS)


def test_runs_that_cannot_be_finished_are_refused(run, tmp_path, execute):
    with pytest.raises(ConfigError, match="problem 'synthetic' are not trained"):
        execute(synthetic_run(tmp_path / "synthetic"), top=1)
    with pytest.raises(NothingFound, match="no front yet.* was evaluated.*resume empty --runs"):
        execute(tiny_run(tmp_path / "empty"))
    beyond = tiny_run(tmp_path / "beyond", "search.limits={error=1e-3}")
    run_campaign(beyond, FakeExecutor(), Recorder())
    with pytest.raises(NothingFound, match=r"\(error <= 0.001\).* resume beyond --generations 10"):
        execute(beyond)
    with pytest.raises(UnknownNameError, match="unknown member of the front 'g99-99'"):
        execute(run, members=["g99-99"])
    assert run.config.finish.members == ()
    with pytest.raises(ConfigError, match="did you mean 'passes'"):
        execute(run, pases=3)
    with pytest.raises(ConfigError, match="finish.gradient"):
        execute(run, gradient="exact")
    with pytest.raises(ConfigError, match="expected the path of a run folder, got 3"):
        finalize(3)
    with pytest.raises(StoreError, match=f"finalize run --runs-dir {run.path.parent}"):
        run.finished()
    assert not (run.path / "finish").exists()


def test_a_run_is_not_finished_with_other_images(run, execute):
    images = load_dataset(run.config.data).digest
    file = run.path / "inputs.json"
    file.write_text(json.dumps({"data set digits": images, "multipliers": "0123"}))
    with pytest.raises(ConfigError, match="multipliers of run run changed since .* was 0123"):
        execute(load_run(run.path), **OPTIONS)
    file.write_text(json.dumps({"data set digits": "0123"}))
    with pytest.raises(ConfigError, match="data set digits of run run changed since .* was 0123"):
        execute(load_run(run.path), **OPTIONS)
    assert not (run.path / "finish").exists()
    file.write_text(json.dumps({"data set digits": images}))
    assert len(execute(load_run(run.path), **OPTIONS)[0]) == 6


def test_two_processes_do_not_finish_one_run(run, execute):
    lock = load_run(run.path).lock()
    try:
        with pytest.raises(StoreError, match="another process works"):
            execute(run, **OPTIONS)
    finally:
        lock.release()


def test_it_is_one_call_of_the_package(run, execute):
    table, _ = execute(str(run.path), **OPTIONS)
    assert ea.finalize is finalize
    assert len(table) == 6
