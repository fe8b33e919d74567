"""Cartesian genetic programming (CGP) on plain integer arrays; knows neither CNNs nor gates.

Read in this order:

- `grid`: what can be expressed: rows x columns of nodes, levels-back, the function set.
- `genotype`: one frozen, validated integer array for a grid.
- `phenotype`: the active nodes that the outputs reach, found in one backward sweep.
- `variation`: random genotypes, point mutation, crossover.
- `placing`: the way back, from a program to a genotype.
- `ranks`: genotypes as numbers with fixed bounds.

Gene layout: `genes[node * genes_per_node + slot]` with the slots `function, connections...,
parameters...`, then one gene per output. Nodes are numbered column by column, so a node only
reads from smaller addresses; address `a < inputs` is input `a`, address `inputs + n` is node `n`.

Source: J. F. Miller, P. Thomson, Cartesian Genetic Programming, EuroGP 2000.
"""

from evoapproxnas.cgp.genotype import Genotype
from evoapproxnas.cgp.grid import Function, Grid
from evoapproxnas.cgp.phenotype import (
    ActiveNode,
    Phenotype,
    active_mask,
    active_nodes,
    node_depths,
    phenotype,
)
from evoapproxnas.cgp.placing import express, find_places
from evoapproxnas.cgp.ranks import domains, from_ranks, to_ranks
from evoapproxnas.cgp.variation import (
    mutate_active,
    mutate_count,
    mutate_rate,
    mutate_until,
    one_point_crossover,
    random_genotype,
    uniform_crossover,
)

__all__ = [
    "ActiveNode",
    "Function",
    "Genotype",
    "Grid",
    "Phenotype",
    "active_mask",
    "active_nodes",
    "domains",
    "express",
    "find_places",
    "from_ranks",
    "mutate_active",
    "mutate_count",
    "mutate_rate",
    "mutate_until",
    "node_depths",
    "one_point_crossover",
    "phenotype",
    "random_genotype",
    "to_ranks",
    "uniform_crossover",
]
