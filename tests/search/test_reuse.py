from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run

LEVELS = ("inheritance.enabled=true", "rungs.passes=[2, 6]")


def campaign(run):
    executor, recorder = FakeExecutor(), Recorder()
    run_campaign(run, executor, recorder)
    return executor, recorder


def test_trainings_of_another_run_are_taken_over(tmp_path):
    first = tiny_run(tmp_path / "first", *LEVELS)
    done, _ = campaign(first)
    second = tiny_run(tmp_path / "second", *LEVELS, f"search.reuse=['{first.path}']")
    again, recorder = campaign(second)
    kept = [e for e in first.database.evaluations() if (first.models_dir / f"{e}.npz").exists()]
    assert kept
    assert len(again.evaluated) == len(done.evaluated) - len(kept)
    assert recorder.generations[-1][0].counts.reused == len(kept)
    reused = [row for row in second.database.trainings() if row.reused_from]
    assert {row.reused_from for row in reused} == {"first"}
    assert second.front().equals(first.front())
