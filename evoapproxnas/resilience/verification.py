"""Emulating assignments: on the validation split what is chosen, on the test split the front."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from evoapproxnas.files import Journal
from evoapproxnas.hardware.energy import Price
from evoapproxnas.nsga2_arrays import Genomes
from evoapproxnas.resilience.assign_bench import AssignBench
from evoapproxnas.resilience.assignment_records import Assigned, columns
from evoapproxnas.resilience.energy import energy_nj, price_under
from evoapproxnas.resilience.network import Assignment, EmulatedNetwork
from evoapproxnas.resilience.proposer import Known
from evoapproxnas.resilience.scores import accuracy
from evoapproxnas.resilience.units import chosen_for, names_of


class Verification:
    """Emulates assignments on validation images, each once, even over interruptions."""

    def __init__(
        self,
        bench: AssignBench,
        network: EmulatedNetwork,
        labels: npt.NDArray[np.int64],
        price: Price,
    ) -> None:
        """Read what the folder holds.

        Args:
            bench: the model, and what its layers choose from.
            network: on the validation images.
            labels: of these.
            price: of a multiplication, under the operands that are asked for.
        """
        self._bench, self._network, self._labels = bench, network, labels
        self._price = price
        self._journal = Journal(bench.folder, "verified.csv", columns(bench.options.operands))
        self._verified = self._journal.records(Assigned)

    @property
    def verified(self) -> tuple[Assigned, ...]:
        """Every assignment that was emulated, in order; the first should be exact 8-bit."""
        return tuple(self._verified)

    def verify(
        self,
        genome: npt.NDArray[np.int64],
        *,
        round_number: int = 0,
        squared_error: float = 0.0,
        predicted_loss: float = 0.0,
    ) -> Assigned:
        """Return a verified assignment, known or emulated now.

        Args:
            genome: position of each unit's multiplier, (units,).
            round_number: in which it was chosen.
            squared_error: predicted, of the scores.
            predicted_loss: of accuracy, as a share of images.
        """
        bench, network = self._bench, self._network
        assignment = chosen_for(network.units, [bench.choices[i] for i in genome])
        names = {path: choice.name for path, choice in network.whole(assignment).items()}
        known = next((a for a in self._verified if a.multipliers == names), None)
        if known is not None:
            return known
        start = time.monotonic()
        accurate = accuracy(network.scores(assignment), self._labels)
        energy, relative = self._energy(assignment, self._price)
        exact = self._verified[0].accuracy if self._verified else accurate
        assigned = Assigned(
            id=f"a{len(self._verified):03d}",
            round=round_number,
            multipliers=names,
            squared_error=squared_error,
            predicted_loss_points=100 * predicted_loss,
            accuracy=accurate,
            loss_points=100 * (exact - accurate),
            energy_nj=energy,
            relative_energy=relative,
            seconds=time.monotonic() - start,
        )
        if bench.options.operands != "uniform":
            energy, relative = self._energy(assignment, price_under("uniform", self._network))
            assigned = replace(
                assigned, uniform_energy_nj=energy, uniform_relative_energy=relative
            )
        self._journal.append(assigned.text())
        self._verified.append(assigned)
        bench.tell("verification", str(assigned), len(self._verified), bench.options.verify)
        return assigned

    def _energy(self, assignment: Assignment, price: Price) -> tuple[float, float]:
        """Return the energy in nJ, and relative to exact 8-bit."""
        energy = energy_nj(self._network, assignment, price)
        return energy, energy / energy_nj(self._network, {}, price)

    @property
    def exact(self) -> npt.NDArray[np.int64]:
        """The genome of exact 8-bit, (units,)."""
        exact = self._bench.positions[self._bench.exact.name]
        return np.full(len(self._network.units), exact, np.int64)

    def known(self, verified: Sequence[Assigned]) -> Known:
        """Return what came out, for a method to go on from."""
        return Known(
            genomes=self.genomes(verified),
            squared_errors=np.array([a.squared_error for a in verified]),
            losses=np.array([a.loss_points for a in verified]) / 100,
            energies_nj=np.array([a.energy_nj for a in verified]),
            images=len(self._labels),
        )

    def genomes(self, verified: Sequence[Assigned]) -> Genomes:
        """Return the positions of the multipliers of assignments, (n, units)."""
        positions, units = self._bench.positions, self._network.units
        rows = [[positions[n] for n in names_of(units, a.multipliers)] for a in verified]
        return np.array(rows, np.int64)


@dataclass(frozen=True)
class _Tested:
    """A row of `test.csv`."""

    id: str
    accuracy: float


def tested(bench: AssignBench, verified: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """Measure exact 8-bit, which comes first, and the front on the test split, for reporting."""
    journal = Journal(bench.folder, "test.csv", ("id", "accuracy"))
    known = {row.id: row.accuracy for row in journal.records(_Tested)}
    # Neighbours that agree in their first layers share the outputs of these.
    front = sorted((a for a in verified if a.front), key=lambda a: list(a.multipliers.values()))
    wanted = [verified[0], *(a for a in front if a is not verified[0])]
    if any(a.id not in known for a in wanted):
        data = bench.data("test")
        network = bench.network(data.images)
        for number, assigned in enumerate(wanted, start=1):
            if assigned.id not in known:
                said = network.scores(bench.assignment(assigned.multipliers))
                known[assigned.id] = accuracy(said, data.labels)
                journal.append({"id": assigned.id, "accuracy": known[assigned.id]})
            bench.tell("test", assigned.id, number, len(wanted))
    exact = known[verified[0].id]
    ids = {a.id for a in wanted}
    return tuple(
        replace(a, test_accuracy=known[a.id], test_loss_points=100 * (exact - known[a.id]))
        if a.id in ids
        else a
        for a in verified
    )
