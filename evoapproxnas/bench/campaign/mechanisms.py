"""Mechanisms of a search, and configurations with and without each."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, unknown_name

Sections = Mapping[str, Mapping[str, Any]]
"""Values by section and key."""

ALL, NONE = "all", "none"
"""The campaign as it is configured, and without any mechanism."""


@dataclass(frozen=True)
class Mechanism:
    """Something that a search may do or leave.

    Attributes:
        name: in tables and on the command line.
        off: values with which it is left, by section; they may depend on the configuration.
        on: likewise, with which it is done, where the configuration leaves it; None: there are
            none that suit every problem.
        of_rungs: whether it does something where there are rungs alone.
    """

    name: str
    off: Callable[[RunConfig], Sections]
    on: Callable[[RunConfig], Sections] | None
    of_rungs: bool = False


@dataclass(frozen=True)
class Variant:
    """A configuration to be compared.

    Attributes:
        name: `all`, `none`, `without MECHANISM`, or `with MECHANISM` where `all` does not have it.
        config: the configuration.
    """

    name: str
    config: RunConfig


def _constant(**sections: Mapping[str, Any]) -> Callable[[RunConfig], Sections]:
    return lambda config: sections


def _one_rung(config: RunConfig) -> Sections:
    """Train every candidate to the last rung at once."""
    epochs = config.rungs.passes[-1] if config.rungs.passes else config.training.epochs
    return {"rungs": {"passes": ()}, "training": {"epochs": epochs}}


def _three_rungs(config: RunConfig) -> Sections:
    """Come to as many passes as all have, in steps as of 1, 3 and 8."""
    epochs = config.training.epochs
    return {"rungs": {"passes": tuple(sorted({-(-epochs // 8), -(-3 * epochs // 8), epochs}))}}


MECHANISMS = {
    mechanism.name: mechanism
    for mechanism in (
        Mechanism(
            "two_levels",
            _constant(assignment={"enabled": False}),
            _constant(assignment={"enabled": True}),
        ),
        Mechanism(
            "inheritance",
            _constant(inheritance={"enabled": False}),
            _constant(inheritance={"enabled": True}),
        ),
        Mechanism("rungs", _one_rung, _three_rungs),
        Mechanism(
            "warm_start",
            _constant(search={"init": (), "fill": "draw"}),
            None,
        ),
        Mechanism(
            "operators",
            _constant(search={"operators": {}, "adapt_rates": False, "shrink_every": None}),
            _constant(search={"operators": {"one_gene": 1.0, "insertion": 1.0, "removal": 1.0}}),
        ),
        Mechanism(
            "reject", _constant(search={"reject": False}), _constant(search={"reject": True})
        ),
        Mechanism(
            "lamarckian",
            _constant(assignment={"lamarckian": False}),
            _constant(assignment={"lamarckian": True}),
        ),
        Mechanism(
            "match_parents",
            _constant(inheritance={"match_parents": False}),
            _constant(inheritance={"match_parents": True}),
        ),
        Mechanism(
            "init_first",
            _constant(inheritance={"init_first": False}),
            None,
        ),
        Mechanism(
            "size_correction",
            _constant(rungs={"size_correction": 0.0}),
            _constant(rungs={"size_correction": 0.5}),
            of_rungs=True,
        ),
        Mechanism(
            "hurdle",
            _constant(rungs={"hurdle": None}),
            _constant(rungs={"hurdle": 0.1}),
            of_rungs=True,
        ),
        Mechanism(
            "adapt_rates",
            _constant(search={"adapt_rates": False}),
            _constant(search={"adapt_rates": True}),
        ),
        Mechanism(
            "shrink",
            _constant(search={"shrink_every": None}),
            _constant(search={"shrink_every": 3}),
        ),
        Mechanism(
            "shrink_and_perturb",
            _constant(inheritance={"shrink": 1.0, "perturb": 0.0}),
            _constant(inheritance={"shrink": 0.9, "perturb": 0.05}),
        ),
    )
}
"""All that can be switched, by name."""


def variants(config: RunConfig, names: Collection[str] | None = None) -> list[Variant]:
    """Return a configuration, the one without any mechanism, and one more for each mechanism.

    Args:
        config: of the campaign.
        names: of the mechanisms that are switched alone, where they can be; None: all.

    Raises:
        UnknownNameError: for an unknown mechanism.
        ConfigError: for a named one that the configuration has nothing for.
    """
    bare = config
    for mechanism in MECHANISMS.values():
        bare = _changed(bare, mechanism.off(bare))
    found = [Variant(ALL, config), Variant(NONE, bare)]
    for name in MECHANISMS if names is None else names:
        if name not in MECHANISMS:
            raise unknown_name("mechanism", name, MECHANISMS)
        switched = _switched(config, MECHANISMS[name])
        if names is not None and not switched:
            of_rungs = MECHANISMS[name].of_rungs
            reason = "there are no rungs" if of_rungs else "it is off, and no value suits all"
            raise ConfigError(
                f"mechanism {name!r} cannot be switched here: {reason}; turn "
                f"{'them' if of_rungs else 'it'} on with --set"
            )
        found += switched
    return found


def _switched(config: RunConfig, mechanism: Mechanism) -> list[Variant]:
    """Return the configuration with the mechanism switched, if it can be."""
    if mechanism.of_rungs and not config.rungs.passes:
        return []
    without = _changed(config, mechanism.off(config))
    if without != config:
        return [Variant(f"without {mechanism.name}", without)]
    if mechanism.on is None:
        return []
    return [Variant(f"with {mechanism.name}", _changed(config, mechanism.on(config)))]


def _changed(config: RunConfig, sections: Sections) -> RunConfig:
    changed = {
        name: getattr(config, name).model_copy(update=dict(values))
        for name, values in sections.items()
    }
    return config.model_copy(update=changed)
