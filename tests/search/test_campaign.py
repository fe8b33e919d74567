import shutil
import sqlite3

import pytest

from evoapproxnas.errors import ConfigError, StoreError, UnknownNameError
from evoapproxnas.records import Failure
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_run


def campaign(run, **options):
    executor, recorder = FakeExecutor(**options), Recorder()
    run_campaign(run, executor, recorder)
    return executor, recorder


def front(run):
    return (run.path / "front.csv").read_bytes()


def test_a_campaign_leaves_a_front_with_test_figures(tmp_path):
    run = tiny_run(tmp_path / "a")
    executor, recorder = campaign(run)
    table = run.front()
    assert executor.closed
    assert [g.generation for g in run.database.generations()] == list(range(5))
    assert len(run.database.candidates()) == 30
    assert (table["test_accuracy"] == 0.5).all()
    assert table["error"].is_monotonic_increasing
    assert table["energy_nj"].is_monotonic_decreasing
    assert recorder.messages[-1] == "finished: 4 generations done"


def test_hypervolume_never_falls(tmp_path):
    run = tiny_run(tmp_path / "a")
    campaign(run)
    volumes = [row.hypervolume for row in run.database.generations()]
    assert volumes == sorted(volumes)
    assert volumes[-1] > volumes[0] > 0


def test_order_of_outcomes_does_not_matter(tmp_path):
    first, second = tiny_run(tmp_path / "a"), tiny_run(tmp_path / "b")
    campaign(first, seed=1)
    campaign(second, seed=2)
    assert front(first) == front(second)


def test_what_takes_longest_is_begun_first(tmp_path):
    class InOrder(FakeExecutor):
        """Does one task after the other."""

        def completed(self):
            while self.held:
                ticket = next(iter(self.held))
                yield ticket, self.work(self.held.pop(ticket))

    run, executor = tiny_run(tmp_path / "run", "search.generations=0"), InOrder()
    run_campaign(run, executor, Recorder())
    sizes = {str(step): e.metrics["macs"] for step, e in run.database.evaluations().items()}
    begun = [sizes[name] for name in executor.evaluated]
    assert len(set(begun)) > 2
    assert begun == sorted(begun, reverse=True)


def test_another_seed_searches_elsewhere(tmp_path):
    first, second = tiny_run(tmp_path / "a"), tiny_run(tmp_path / "b", "seed=5")
    campaign(first)
    campaign(second)
    assert front(first) != front(second)


@pytest.mark.parametrize("die_after", [0, 3, 6, 17, 25])
def test_interrupted_and_resumed_is_as_uninterrupted(tmp_path, die_after):
    whole, broken = tiny_run(tmp_path / "whole"), tiny_run(tmp_path / "broken")
    done, _ = campaign(whole)
    with pytest.raises(KeyboardInterrupt):
        campaign(broken, die_after=die_after, seed=3)
    resumed, _ = campaign(load_run(broken.path))
    assert front(broken) == front(whole)
    assert len(resumed.evaluated) == len(done.evaluated) - die_after


def test_a_finished_run_resumes_to_more_generations(tmp_path):
    long, short = (
        tiny_run(tmp_path / "long"),
        tiny_run(tmp_path / "short", "search.generations=2"),
    )
    campaign(long)
    campaign(short)
    longer = load_run(short.path)
    longer.reconfigure({"search": {"generations": 4}})
    campaign(longer)
    assert load_run(short.path).config.search.generations == 4
    assert front(short) == front(long)


def test_equal_networks_are_evaluated_once(tmp_path):
    run = tiny_run(
        tmp_path / "a",
        "space.nodes=['conv2d']",
        "space.channels=[8]",
        "space.max_depth=2",
        "space.strides=[1]",
        "space.multipliers=['exact8']",
        "space.conv_kernels=[3]",
    )
    executor, recorder = campaign(run)
    hits = run.database.cache_hits()
    assert hits
    assert len(executor.evaluated) + len(hits) == 30
    keys = {p: c.key for p, c in run.database.candidates().items()}
    assert all(keys[copy] == keys[source] for copy, source in hits.items())
    assert recorder.generations[-1][0].counts.cached == len(hits)


def test_failures_are_rows_and_the_campaign_goes_on(tmp_path):
    run = tiny_run(tmp_path / "a")
    _, recorder = campaign(run, fails=lambda task: task.name.endswith("3"))
    failures = run.failures()
    assert len(failures) >= 5
    assert set(failures["kind"]) == {"diverged"}
    assert not set(failures["id"]) & set(run.front()["id"])
    assert any(isinstance(o, Failure) for _, o, _ in recorder.outcomes)


def test_a_generation_that_fails_whole_is_drawn_anew(tmp_path):
    run = tiny_run(tmp_path / "a")
    campaign(run, fails=lambda task: task.name.startswith("g00"))
    assert len(run.front())
    assert run.database.generations()[0].survivors == ()


def test_evaluations_can_be_limited(tmp_path):
    run = tiny_run(tmp_path / "a", "search.max_evaluations=8")
    executor, recorder = campaign(run)
    assert len(executor.evaluated) == 8
    assert recorder.messages[-1] == "finished: 8 evaluations done"


def test_time_can_be_limited(tmp_path):
    run = tiny_run(tmp_path / "a", "search.max_hours=1e-12")
    executor, recorder = campaign(run)
    assert executor.evaluated == []
    assert "hours spent" in recorder.messages[-1]


def test_only_front_members_keep_their_models(tmp_path):
    run = tiny_run(tmp_path / "a")
    campaign(run)
    kept = {file.name.partition(".")[0] for file in run.models_dir.iterdir()}
    assert kept == set(run.front()["id"])


EDITS = {
    "seed": ("seed = 0", "seed = 1", r"seed is 1 and was 0"),
    "epochs": ("epochs = 20", "epochs = 3", r"training\.epochs is 3 and was 20"),
    "population": ("population = 6", "population = 5", r"search\.population is 5 and was 6"),
    "calibration": ("images = 256", "images = 5", r"calibration_images is 5 and was 256"),
    "cut short": ("[search]", "#", "config.toml lacks"),
    "cut in a line": ("[search]", "[sea", "not valid TOML"),
    "unknown": ("[search]", "[search]\nspeed = 3", "unknown configuration key"),
}


def contents(folder):
    paths = [path for path in folder.rglob("*") if path.name != ".lock"]  # others may hold it
    return {p.relative_to(folder): p.read_bytes() if p.is_file() else None for p in paths}


def resume(path):
    changed = load_run(path)
    changed.reconfigure({"search": {"generations": 9}, "execution": {"workers": 5}})
    campaign(changed)


@pytest.mark.parametrize("edit", EDITS)
def test_a_refused_resume_changes_nothing(tmp_path, edit):
    whole, run = tiny_run(tmp_path / "whole"), tiny_run(tmp_path / "a")
    campaign(whole)
    with pytest.raises(KeyboardInterrupt):
        campaign(run, die_after=9)
    file = run.path / "config.toml"
    text = file.read_text()
    old, new, message = EDITS[edit]
    kept = text.partition(old)[0] + old if edit.startswith("cut") else text
    file.write_text(kept.replace(old, new, 1))
    before = contents(run.path)
    with pytest.raises(ConfigError, match=message):
        resume(run.path)
    assert contents(run.path) == before
    file.write_text(text)
    campaign(load_run(run.path))
    assert front(run) == front(whole)


def test_candidates_of_another_version_are_refused_and_nothing_changes(tmp_path):
    run = tiny_run(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        campaign(run, die_after=9)
    with sqlite3.connect(run.path / "campaign.sqlite") as connection:
        connection.execute("UPDATE candidates SET genes = '[1]' WHERE generation = 1")
    connection.close()
    before = contents(run.path)
    longer = load_run(run.path)
    longer.reconfigure({"search": {"generations": 9}})
    shutil.rmtree(run.models_dir)
    with pytest.raises(StoreError, match=r"g01-00 would differ.*start a new run"):
        campaign(longer)
    assert not (run.path / ".lock").exists()
    assert {path: x for path, x in before.items() if path.parts[0] != "models"} == contents(
        run.path
    )


def test_a_locked_run_is_not_reconfigured(tmp_path):
    run = tiny_run(tmp_path / "a")
    before = contents(run.path)
    lock = run.lock()
    try:
        other = load_run(run.path)
        other.reconfigure({"execution": {"workers": 7}})
        with pytest.raises(StoreError, match="another process works"):
            campaign(other)
    finally:
        lock.release()
    assert contents(run.path) == before


@pytest.mark.parametrize("hours", [1e-12, 0.5])
def test_a_run_whose_time_is_spent_tests_its_front_on_resume(tmp_path, hours):
    whole, run = tiny_run(tmp_path / "whole"), tiny_run(tmp_path / "a")
    campaign(whole)
    executor = FakeExecutor()
    executor.die_in_test = True
    with pytest.raises(KeyboardInterrupt):
        run_campaign(run, executor, Recorder())
    assert "test_accuracy" not in run.front()
    spent = load_run(run.path)
    spent.reconfigure({"search": {"max_hours": hours}})
    resumed, _ = campaign(spent)
    assert resumed.evaluated == []
    assert front(run) == front(whole)


@pytest.mark.parametrize("first", [3, 8, 14])
def test_a_run_that_was_cut_short_and_goes_on_is_as_a_whole_one(tmp_path, first):
    whole = tiny_run(tmp_path / "whole")
    campaign(whole)
    run = tiny_run(tmp_path / "a", f"search.max_evaluations={first}")
    campaign(run)
    longer = load_run(run.path)
    longer.reconfigure({"search": {"max_evaluations": 1000}})
    campaign(longer)
    assert longer.database.generations() == whole.database.generations()
    assert front(run) == front(whole)


@pytest.mark.parametrize(
    "less", [{"generations": 1}, {"max_evaluations": 3}, {"max_evaluations": 14}]
)
def test_a_run_that_is_resumed_for_less_loses_nothing(tmp_path, less):
    run = tiny_run(tmp_path / "a")
    campaign(run)
    before, models = front(run), {file.name for file in run.models_dir.iterdir()}
    shorter = load_run(run.path)
    shorter.reconfigure({"search": less})
    executor, _ = campaign(shorter)
    assert executor.evaluated == []
    assert front(run) == before
    assert {file.name for file in run.models_dir.iterdir()} == models
    assert len(shorter.database.generations()) == 5


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    run = tiny_run(tmp_path / "a")
    (run.path / "campaign.log").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*campaign\.log: Is a directory"):
        campaign(run)
    assert run.evaluations().empty


def test_a_lost_folder_of_models_is_made_anew(tmp_path):
    run = tiny_run(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        campaign(run, die_after=9)
    shutil.rmtree(run.models_dir)
    campaign(load_run(run.path))
    assert run.models_dir.is_dir()


def test_an_unknown_algorithm_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'nsga2'"):
        campaign(tiny_run(tmp_path / "a", "search.algorithm=nsga"))


def test_two_campaigns_do_not_share_a_run(tmp_path):
    run = tiny_run(tmp_path / "a")
    lock = run.lock()
    try:
        with pytest.raises(StoreError, match="another process works in"):
            campaign(load_run(run.path))
    finally:
        lock.release()
