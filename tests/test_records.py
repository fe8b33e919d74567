from evoapproxnas.records import CandidateId, Evaluation, Point, PointId, StepId, each_once

PARENT, CHILD, OTHER = (StepId(CandidateId(0, i)) for i in range(3))


def named(step, number):
    return PointId(step.candidate, step.step, number)


def test_points_of_the_same_weights_and_multipliers_are_there_once():
    """A child that differs in multipliers alone has its parent's weights."""
    cheap, dear = {"conv": "cheap"}, {"conv": "dear"}
    points = {
        named(PARENT, 0): Point({"error": 0.25}, cheap),
        named(PARENT, 1): Point({"error": 0.125}, dear),
        named(CHILD, 0): Point({"error": 0.25}, cheap),
        named(CHILD, 1): Point({"error": 0.25}, cheap, "eyeriss"),
        named(OTHER, 0): Point({"error": 0.25}, cheap),
    }
    evaluations = {
        PARENT: Evaluation({}, weights=PARENT),
        CHILD: Evaluation({}, weights=PARENT),
        OTHER: Evaluation({}, weights=OTHER),
    }
    left = each_once(points, evaluations)
    assert list(left) == [name for name in points if name != named(CHILD, 0)]
    assert all(left[name] is points[name] for name in left)


def test_without_weights_the_figures_of_a_candidate_tell():
    later = [StepId(PARENT.candidate, step) for step in (1, 2)]
    errors = {PARENT: 0.25, later[0]: 0.25, later[1]: 0.125, CHILD: 0.25}
    points = {named(step, 0): Point({"error": error}) for step, error in errors.items()}
    left = each_once(points, {step: Evaluation({}) for step in errors})
    assert list(left) == [named(step, 0) for step in (PARENT, later[1], CHILD)]
