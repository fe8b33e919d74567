import numpy as np

from evoapproxnas.records import CandidateId, Failure
from evoapproxnas.search.algorithms.policy import Policy
from tests.search.algorithms.driving import Driven


def test_a_policy_comes_to_what_is_rewarded():
    policy = Policy((2, 5, 1), learning_rate=0.3, entropy=0.0)
    assert np.allclose(policy.probabilities()[0], [0.5, 0.5, 0, 0, 0])
    rng = np.random.default_rng(0)
    samples = np.array([policy.sample(rng) for _ in range(500)])
    assert [set(column) for column in samples.T] == [{0, 1}, set(range(5)), {0}]
    for _ in range(200):
        values = policy.sample(rng)
        policy.learn(values, float(values[:2] == [1, 3]) - 0.1)
    assert policy.probabilities()[[0, 1], [1, 3]].min() > 0.9
    warm = policy.probabilities(temperature=20.0)
    assert warm[1].max() < 0.5


def test_entropy_keeps_a_policy_open():
    policies = [Policy((4,), learning_rate=0.5, entropy=entropy) for entropy in (0.0, 1.0)]
    for policy in policies:
        for _ in range(100):
            policy.learn([2], 0.2)
    assert policies[1].probabilities().max() < 0.7 < policies[0].probabilities().max()


def test_the_gradient_is_that_of_the_logarithm():
    policy = Policy((3, 3), learning_rate=1e-6, entropy=0.0)
    policy.learn([0, 2], 1e5)  # A tenth of the way: probabilities that differ.
    before = np.log(policy.probabilities()[[0, 1], [1, 1]]).sum()
    slope = -policy.probabilities()
    slope[[0, 1], [1, 1]] += 1
    policy.learn([1, 1], 1.0)
    gained = np.log(policy.probabilities()[[0, 1], [1, 1]]).sum() - before
    assert np.isclose(gained, 1e-6 * (slope**2).sum(), rtol=1e-3)


def test_policies_come_to_compromises_of_their_own():
    driven = Driven(
        *("reinforce", "search.population=20"),
        *("search.options.policies=2", "search.options.learning_rate=0.5"),
    )
    for number in range(20):
        candidates, survivors = driven.generation(number)
    assert survivors == ()
    sums = np.array([sum(candidate.genes) for candidate in candidates])
    # The first policy has a weight of 0.25 for the error, the second one of 0.75.
    assert sums[::2].mean() + 8 < sums[1::2].mean()


def test_what_fails_is_avoided():
    driven = Driven("reinforce", "search.population=20", "search.options.policies=1")

    def failing(candidates):
        return [c for c in candidates if c.genes[0] < 5]

    for number in range(8):
        candidates = [proposal.candidate for proposal in driven.search.ask(number)]
        if number == 0:
            first = len(failing(candidates))
        for candidate in candidates:
            wrong = candidate.genes[0] < 5
            driven.evaluate(candidate, Failure("raised", "x") if wrong else None)
        well = [c.id for c in candidates if c.genes[0] >= 5]
        driven.search.tell(number, well)
    assert len(failing(candidates)) < first / 2
    assert CandidateId(7, 0) in driven.ledger.candidates
