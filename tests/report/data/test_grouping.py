from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.store import load_run
from tests.synthetic_runs import synthetic_run


def test_runs_that_differ_in_their_seed_are_a_group(seeds, three):
    labelled = label_runs([*seeds, three])
    assert [one.label for one in labelled] == ["search-s0", "search-s1", "search-s2", "three"]
    assert [one.group for one in labelled] == ["search, 3 seeds"] * 3 + ["three"]


def test_one_folder_given_twice_is_one_run(seeds):
    again = load_run(seeds[0].path, read_only=True)
    assert len(label_runs([seeds[0], again])) == 1


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path):
    made = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        made.append(synthetic_run(tmp_path / folder / "same", f"seed={len(made)}"))
    assert [one.label for one in label_runs(made)] == ["a/same", "b/same"]
    assert len({one.group for one in label_runs(made)}) == 1
