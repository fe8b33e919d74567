import numpy as np
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import load_library
from evoapproxnas.objectives.energy import energy_nj
from evoapproxnas.report.data import layer_frame, network_drawing, usage_by_depth, usage_frame
from evoapproxnas.report.data.layout import lay_out


@pytest.fixture(scope="module")
def network(networks):
    return networks.network(networks.front()["id"].iloc[0])


def test_layers_add_up_to_the_network(network):
    table = layer_frame(network)
    assert table["layer"].tolist() == list(network.assignment)
    assert table["multiplications"].sum() == network.macs
    assert np.isclose(table["energy_nj"].sum(), energy_nj(network, load_library()))
    exact = energy_nj(network, load_library(), exact="exact8")
    assert np.isclose(table["exact_energy_nj"].sum(), exact)
    assert table["relative_depth"].iloc[-1] == 1.0
    assert table["relative_depth"].between(0, 1).all()


def test_a_multiplier_that_is_not_there_has_no_energy(network):
    lost = network.with_assignment({next(iter(network.assignment)): "somebody's own"})
    table = layer_frame(lost)
    assert table["energy_nj"].isna().tolist() == [True] + [False] * (len(table) - 1)
    assert np.isnan(network_drawing(lost).nodes["energy_nj"]).sum() == 1


def test_usage_counts_the_layers_of_the_front(networks, seeds, empty):
    usage = usage_frame([networks])
    assert usage["id"].nunique() == len(networks.front())
    assert usage_frame([networks], of="all")["id"].nunique() >= usage["id"].nunique()
    table = usage_by_depth(usage, bins=4)
    assert table["layers"].sum() == len(usage)
    assert np.allclose(table.groupby("part")["share"].sum(), 1)
    assert np.allclose(table.groupby("part")["multiplication_share"].sum(), 1)
    assert table["part"].iloc[-1] == "head"
    assert usage_by_depth(usage.iloc[:0]).empty
    with pytest.raises(ConfigError, match="searched 'synthetic'"):
        usage_frame(seeds)


def test_a_drawing_has_every_node_and_connection(network):
    drawing = network_drawing(network)
    assert drawing.nodes["node"].tolist() == [0, *sorted({op.node for op in network.ops})]
    assert drawing.nodes["macs"].sum() == network.macs
    assert drawing.nodes["parameters"].sum() == network.parameters
    assert drawing.nodes["kind"].iloc[-1] == "head"
    for edge in drawing.edges.itertuples():
        ends = [drawing.nodes.set_index("node").loc[n, ["x", "y"]] for n in edge[1:3]]
        assert [tuple(end) for end in ends] == [edge.path[0], edge.path[-1]]


def test_a_layout_keeps_its_distances():
    edges = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5), (0, 5)]
    layout = lay_out({0: 0, 1: 1, 2: 1, 3: 1, 4: 2, 5: 3}, edges)
    assert len(layout.paths[0, 5]) == 4
    for layer in range(4):
        places = {layout.nodes[n][0] for n in layout.nodes if layout.nodes[n][1] == layer}
        places |= {x for path in layout.paths.values() for x, y in path if y == layer}
        assert (np.diff(sorted(places)) >= 0.99).all()
    chain = lay_out({0: 0, 1: 1, 2: 2}, [(0, 1), (1, 2)])
    assert len({x for x, _ in chain.nodes.values()}) == 1
    assert lay_out({}, []).nodes == {}
