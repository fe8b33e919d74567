"""What searches are compared on."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Setting:
    """A problem, and what searches see of it.

    Attributes:
        problem: `nasbench201`, or `synthetic`, which needs no table.
        dataset: of the table.
        cost: the second objective; empty: the problem's usual one.
        fidelity: epochs of training after which a search sees errors. After 200 it sees the true
            ones, without noise; after 12 those of one training on the validation images.
        noisy: after 200 epochs it sees, for each network, one of its trainings on the validation
            images.
        data_dir: where the table is; None: where EVOAPPROXNAS_DATA says.
    """

    problem: str = "nasbench201"
    dataset: str = "cifar10"
    cost: str = ""
    fidelity: Literal[12, 200] = 200
    noisy: bool = False
    data_dir: str | None = None
