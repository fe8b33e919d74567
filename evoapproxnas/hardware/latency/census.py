"""Which operations the networks of a space consist of, the most frequent first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from evoapproxnas import seeds
from evoapproxnas.hardware.latency.fusion import Fusion, operation_counts
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.networks import Network, SearchSpace


def random_networks(
    space: SearchSpace, count: int, *, seed: int, purpose: str
) -> Iterator[Network]:
    """Draw networks; those of another purpose are others.

    Args:
        space: that they are of.
        count: how many.
        seed: of a campaign.
        purpose: what they are for.

    Raises:
        ConfigError: if the limits of the space leave almost nothing.
    """
    for place in range(count):
        rng = seeds.generator(seed, 0, place, f"latency table: {purpose}")
        yield space.decode(space.random(rng))


def count_operations_of(networks: Iterable[Network], fusion: Fusion) -> Counter[Operation]:
    """Count the operations of networks, the most frequent first, then by name.

    Args:
        networks: all of which count alike.
        fusion: what the runtime makes one operation of.
    """
    total: Counter[Operation] = Counter()
    for network in networks:
        total.update(operation_counts(network, fusion))
    ordered = sorted(total.items(), key=lambda item: (-item[1], item[0].name))
    return Counter(dict(ordered))


@dataclass(frozen=True)
class Coverage:
    """How much of some networks a table has times for.

    Attributes:
        networks: that were looked at.
        whole: of these, with a time for every operation.
        operations: in all of them.
        known: of these, with a time.
        missing: how often an operation without a time occurs, the most frequent first.
    """

    networks: int
    whole: int
    operations: int
    known: int
    missing: Mapping[Operation, int]

    @property
    def missing_share(self) -> float:
        """Share of operations without a time."""
        return 1 - self.known / self.operations if self.operations else 0.0


def coverage(
    networks: Iterable[Network], fusion: Fusion, known: Mapping[Operation, object]
) -> Coverage:
    """Look up the operations of networks in a table.

    Args:
        networks: whose operations are looked up.
        fusion: what the runtime makes one operation of.
        known: operations that the table has.
    """
    counts = [operation_counts(network, fusion) for network in networks]
    missing: Counter[Operation] = Counter()
    whole = 0
    for each in counts:
        lacking = Counter({op: n for op, n in each.items() if op not in known})
        whole += not lacking
        missing.update(lacking)
    total = sum(each.total() for each in counts)
    ordered = dict(missing.most_common())
    return Coverage(len(counts), whole, total, total - missing.total(), ordered)
