from evoapproxnas import seeds


def test_same_place_same_numbers():
    a, b = (seeds.generator(7, 2, 3, "mutation").integers(1000, size=8) for _ in range(2))
    assert a.tolist() == b.tolist()


def test_every_part_of_the_place_matters():
    places = [(0, 0, 0, "a"), (1, 0, 0, "a"), (0, 1, 0, "a"), (0, 0, 1, "a"), (0, 0, 0, "b")]
    assert len({seeds.integer(*place) for place in places}) == len(places)


def test_integer_seeds_fit_keras():
    assert all(0 <= seeds.integer(s, 0, 0, "x") < 2**31 for s in range(50))
