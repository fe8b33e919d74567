"""Regenerate circuits of the bundled library from their recipes.

A circuit is either a recipe over exact multipliers, here, or was evolved: see `evolved`. Where
several architectures compute the same table, the one of the least power is kept. Names say
family and parameters:

    exact             the product
    or{n}_v{v}        without the lowest v columns of partial products; columns v to n - 1 are
                      added up with OR gates and give no carry
    bam_h{h}_v{v}     broken-array: without the lowest h rows and v columns of partial products
    trunc_a{a}_w{w}   without the lowest a bits of the activation and w bits of the weight
    bcsm_h{h}_v{v}    broken carry-save: without the lowest rows and columns of its cells
    evo_{m}{e}_p{p}   evolved: figure m (mae, wce, ep, mre; net is the MAE under network operands,
                      layer the error that layers keep, under those of a ResNet-8) is e, the
                      power, under these operands, is p % of the exact circuit's
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from evoapproxnas.circuits import (
    Netlist,
    circuit_cost,
    generators,
    to_verilog,
    with_or_columns,
    without_low_bits,
    without_partial_products,
)
from evoapproxnas.errors import unknown_name
from evoapproxnas.multipliers.catalog import CatalogEntry, write_catalog
from evoapproxnas.multipliers.making.evolved import EvolvedCircuits

_ARCHITECTURES: tuple[generators.Architecture, ...] = get_args(generators.Architecture)


@dataclass(frozen=True)
class Recipe:
    """How one circuit of the library is made.

    Attributes:
        name: of the circuit.
        origin: in words.
        signed: whether it is a signed multiplier.
        candidates: builds circuits of the same table, each with the name of its architecture.
    """

    name: str
    origin: str
    signed: bool
    candidates: Callable[[], Iterable[tuple[str, Netlist]]]

    def build(self) -> tuple[Netlist, CatalogEntry]:
        """Return the candidate of the least power and its entry."""
        measured = [
            (circuit_cost(netlist).power_uw, architecture, netlist)
            for architecture, netlist in self.candidates()
        ]
        _, architecture, netlist = min(measured, key=lambda candidate: candidate[0])
        origin = f"{self.origin}; {architecture}"
        return netlist, CatalogEntry.measure(self.name, netlist, signed=self.signed, origin=origin)


def recipes() -> tuple[Recipe, ...]:
    """Return the recipes of all bundled circuits."""
    unsigned_or = [(2, 0), (3, 0), (4, 0), (5, 1), (6, 2), (6, 4), (7, 2), (7, 4), (7, 6)]
    unsigned_or += [(8, 4), (8, 6), (9, 6), (9, 8), (10, 7), (10, 9), (11, 8), (11, 9), (11, 10)]
    unsigned_or += [(12, 10), (13, 10), (13, 11)]
    unsigned_bam = [(0, 5), (0, 6), (0, 7), (1, 7), (0, 8)]
    signed_or = [(3, 0), (4, 0), (5, 1), (6, 2), (6, 4), (7, 4), (7, 6)]
    return (
        _exact(signed=False),
        *(_or_columns(columns, v, signed=False) for columns, v in unsigned_or),
        *(_broken_array(h, v, signed=False) for h, v in unsigned_bam),
        *(_truncated(a, w, signed=False) for a, w in [(2, 2), (3, 3), (4, 4), (6, 6)]),
        _broken_carry_save(1, 7),
        _exact(signed=True),
        *(_or_columns(columns, v, signed=True) for columns, v in signed_or),
        *(_broken_array(0, v, signed=True) for v in [5, 6]),
        *(_truncated(a, w, signed=True) for a, w in [(2, 2), (3, 3), (4, 4), (5, 5)]),
    )


def write_library(folder: Path, names: Collection[str] = ()) -> None:
    """Build circuits, and write netlists and catalog; see `write_circuits`.

    Args:
        folder: of the library.
        names: of bundled circuits; none are all.

    Raises:
        UnknownNameError: if there is no recipe of a name.
    """
    known = {recipe.name: recipe for recipe in recipes()}
    evolved = EvolvedCircuits.bundled()
    built = []
    for name in names or [*known, *evolved.names]:
        if name in known:
            built.append(known[name].build())
        elif name in evolved.names:
            built.append(evolved.build(name))
        else:
            raise unknown_name("bundled circuit", name, [*known, *evolved.names])
    write_circuits(folder, built)


def write_circuits(folder: Path, built: Iterable[tuple[Netlist, CatalogEntry]]) -> None:
    """Write netlists and catalog, unsigned before signed, most expensive first.

    Other netlists in the folder are deleted.
    """
    in_order = sorted(built, key=lambda pair: (pair[1].signed, -(pair[1].power_uw or 0)))
    netlists = folder / "netlists"
    netlists.mkdir(parents=True, exist_ok=True)
    for stale in netlists.glob("*.v"):
        stale.unlink()
    for netlist, entry in in_order:
        text = to_verilog(netlist, entry.name, comment=_comment(entry))
        (netlists / f"{entry.name}.v").write_text(text, encoding="utf-8")
    write_catalog(folder / "catalog.csv", [entry for _, entry in in_order])


def _comment(entry: CatalogEntry) -> str:
    kind = "signed" if entry.signed else "unsigned"
    return (
        f"{entry.name}: {kind} 8x8-bit multiplier, A = activation, B = weight, O = product.\n"
        f"{entry.origin}.\n"
        f"MAE {entry.mae_pct:.4g} %, power {entry.power_uw:.4g} uW, {entry.gates} cells."
    )


@cache
def _base(architecture: generators.Architecture, signed: bool) -> Netlist:
    return generators.exact_multiplier(architecture, signed=signed)


def _reduced(name: str, origin: str, reduce: Callable[[Netlist], Netlist], signed: bool) -> Recipe:
    """Return the recipe of a reduction of the exact multipliers of all architectures."""
    return Recipe(
        name=f"mul8{'s' if signed else 'u'}_{name}",
        origin=origin,
        signed=signed,
        candidates=lambda: [
            (architecture, reduce(_base(architecture, signed))) for architecture in _ARCHITECTURES
        ],
    )


def _exact(*, signed: bool) -> Recipe:
    return _reduced("exact", "exact", lambda netlist: netlist, signed)


def _or_columns(columns: int, v: int, *, signed: bool) -> Recipe:
    def reduce(netlist: Netlist) -> Netlist:
        return with_or_columns(without_partial_products(netlist, columns=v), columns=columns)

    below = f", {v} columns left out" if v else ""
    origin = f"columns {v}..{columns - 1} added up with OR gates{below}"
    return _reduced(f"or{columns}_v{v}", origin, reduce, signed)


def _broken_array(h: int, v: int, *, signed: bool) -> Recipe:
    def reduce(netlist: Netlist) -> Netlist:
        return without_partial_products(netlist, rows=h, columns=v)

    return _reduced(f"bam_h{h}_v{v}", f"{h} rows and {v} columns left out", reduce, signed)


def _truncated(a: int, w: int, *, signed: bool) -> Recipe:
    def reduce(netlist: Netlist) -> Netlist:
        return without_low_bits(netlist, a=a, b=w)

    origin = f"operands truncated by {a} and {w} bits"
    return _reduced(f"trunc_a{a}_w{w}", origin, reduce, signed)


def _broken_carry_save(h: int, v: int) -> Recipe:
    return Recipe(
        name=f"mul8u_bcsm_h{h}_v{v}",
        origin=f"broken carry-save, {h} rows and {v} columns of cells left out",
        signed=False,
        candidates=lambda: [("carry_save", generators.broken_carry_save_multiplier(h, v))],
    )
