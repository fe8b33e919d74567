import pytest

from evoapproxnas.circuits import Cell, NamedCell, Netlist, assemble
from evoapproxnas.errors import NetlistError


def test_nets_are_numbered_constants_inputs_cells() -> None:
    netlist = Netlist((Cell("half_adder", (2, 3)), Cell("not", (5,))), (4, 6), inputs=2)
    assert netlist.net_count == 7
    assert [list(nets) for _, nets in netlist.driven_cells()] == [[4, 5], [6]]
    assert netlist.fanout()[5] == netlist.fanout()[4] == 1
    assert netlist.kinds() == {"half_adder": 1, "not": 1}


@pytest.mark.parametrize(
    ("cells", "outputs", "message"),
    [
        ((Cell("nand", (2, 3)),), (4,), "unknown cell 'nand'; did you mean 'nand"),
        ((Cell("and2", (2,)),), (4,), "a and2 has 2 inputs, got 1"),
        ((Cell("not", (4,)),), (4,), r"cell 0 \(not\) reads nets \(4,\).*topological order"),
        ((), (4,), r"outputs \(4,\) must be nets 0\.\.3"),
    ],
)
def test_ill_formed_netlists_are_explained(
    cells: tuple[Cell, ...], outputs: tuple[int, ...], message: str
) -> None:
    with pytest.raises(NetlistError, match=message):
        Netlist(cells, outputs, inputs=2)


def test_assemble_sorts_cells_and_resolves_aliases() -> None:
    netlist = assemble(
        [
            NamedCell("not", ("y",), ("z",)),
            NamedCell("alias", ("x",), ("y",)),
            NamedCell("and2", ("a", "b"), ("x",)),
        ],
        inputs=["a", "b"],
        outputs=["z", "1", "y"],
    )
    assert netlist == Netlist((Cell("and2", (2, 3)), Cell("not", (4,))), (5, 1, 4), inputs=2)


def test_assemble_handles_chains_deeper_than_the_recursion_limit() -> None:
    cells = [NamedCell("not", (f"n{i}",), (f"n{i + 1}",)) for i in reversed(range(5000))]
    assert len(assemble(cells, inputs=["n0"], outputs=["n5000"]).cells) == 5000


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([NamedCell("not", ("q",), ("x",), "here")], "here: net q is not driven"),
        ([NamedCell("not", ("a",), ("y",))], "output x is not driven"),
        ([NamedCell("not", ("a",), ("a",), "here")], "net a is already driven by the circuit's"),
        (
            [NamedCell("not", ("a",), ("x",), "one"), NamedCell("not", ("a",), ("x",), "two")],
            "two: net x is already driven by one",
        ),
        (
            [NamedCell("not", ("y",), ("x",)), NamedCell("not", ("x",), ("y",))],
            "combinational loop through x -> y -> x",
        ),
        ([NamedCell("alias", ("x",), ("x",))], "combinational loop through x -> x"),
        ([NamedCell("inverter", ("a",), ("x",), "here")], "here: unknown cell 'inverter'"),
    ],
)
def test_circuits_that_are_no_netlists_are_explained(cells: list[NamedCell], message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        assemble(cells, inputs=["a"], outputs=["x"])
