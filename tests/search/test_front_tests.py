"""What a campaign measures at its end: its front, on what the search did not see."""

from dataclasses import replace

from evoapproxnas.executors import Result
from evoapproxnas.problems.cnn.tasks import TestTask
from evoapproxnas.records import Evaluation, Failure, Point
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run


class Fronts(FakeExecutor):
    """Gives every network six points, of which each is cheaper than the one before, and worse."""

    def __init__(self, failing=lambda work: False):
        super().__init__()
        self.failing, self.tested = failing, []

    def measure(self, task):
        found = super().measure(task)
        first = found.read(Evaluation)
        energy = 1e4 * (1 - first.metrics["error"])
        layer, *_ = first.assignment
        points = [
            Point(
                {"error": first.metrics["error"] + n / 1e3, "energy_nj": energy - n},
                {**first.assignment, layer: f"circuit{n}"},
            )
            for n in range(6)
        ]
        again = replace(
            first,
            metrics=points[0].metrics,
            assignment=points[0].assignment,
            others=tuple(points[1:]),
        )
        return Result.of(again, found.blobs)

    def work(self, task):
        found = super().work(task)
        if "name" not in task.payload:
            work = task.read(TestTask)
            self.tested.append((work.weights, work.assignments))
            if self.failing(work):
                return Failure("raised", "boom")
        return found


def finished(path, **options):
    executor, recorder = Fronts(**options), Recorder()
    run = tiny_run(path, "search.generations=0")
    run_campaign(run, executor, recorder)
    return run, executor, recorder


def test_members_of_a_network_are_tested_together_but_not_too_many(tmp_path):
    run, executor, recorder = finished(tmp_path / "a")
    front = run.front()
    assert (front["test_accuracy"] == 0.5).all()
    sizes = [len(assignments) for _, assignments in executor.tested]
    assert sum(sizes) == len(front) >= 6
    assert max(sizes) == 4
    assert f"measuring {len(front)} front members on the test set" in recorder.messages
    each = {(weights, str(a)) for weights, assignments in executor.tested for a in assignments}
    assert len(each) == len(front)
    assert {f"{name}.keras" for name in front["id"]} <= {p.name for p in run.models_dir.iterdir()}


def test_those_of_other_networks_are_tested_where_one_fails(tmp_path):
    _, executor, _ = finished(tmp_path / "a")
    lost, _ = executor.tested[0]
    run, again, recorder = finished(tmp_path / "b", failing=lambda work: work.weights == lost)
    (told,) = [text for text in recorder.messages if text.endswith("could not be tested: boom")]
    names = told.removesuffix(" could not be tested: boom").split(", ")
    table = run.front().set_index("id")["test_accuracy"]
    assert set(table.index[table.isna()]) == set(names)
    assert len(names) < len(table)
    assert len(again.tested) > len(executor.tested)


def test_one_that_fails_together_with_others_is_no_reason_to_lose_these(tmp_path):
    run, executor, recorder = finished(
        tmp_path / "a", failing=lambda work: len(work.assignments) > 1
    )
    assert run.front()["test_accuracy"].notna().all()
    assert not any("could not be tested" in text for text in recorder.messages)
