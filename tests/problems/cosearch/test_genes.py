import numpy as np

from evoapproxnas.problems.cosearch.genes import crossed, draw_genes, mutated

DOMAINS = (1, 4, 3, 1, 2)


def test_genes_are_drawn_within_their_domains():
    rng = np.random.default_rng(0)
    drawn = {draw_genes(DOMAINS, rng) for _ in range(500)}
    assert len(drawn) == 24
    assert all(g < n for genes in drawn for g, n in zip(genes, DOMAINS, strict=True))


def test_crossover_takes_each_gene_of_a_parent():
    rng = np.random.default_rng(0)
    children = {crossed((0, 1, 1, 0, 0), (0, 2, 2, 0, 1), rng) for _ in range(200)}
    assert len(children) == 8
    assert all(child[1] in (1, 2) and child[4] in (0, 1) for child in children)


def test_mutation_changes_what_can_change():
    rng = np.random.default_rng(0)
    begun = (0, 3, 2, 0, 1)
    for _ in range(50):
        child = mutated(begun, DOMAINS, rng, rate=1e-9, surely=True)
        assert sum(a != b for a, b in zip(begun, child, strict=True)) == 1
        assert mutated(begun, DOMAINS, rng, rate=1e-9) == begun
        everywhere = mutated(begun, DOMAINS, rng, rate=1.0)
        assert all((a != b) == (n > 1) for a, b, n in zip(begun, everywhere, DOMAINS, strict=True))
    assert mutated((0, 0), (1, 1), rng, rate=1.0, surely=True) == (0, 0)
