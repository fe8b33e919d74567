"""ZigZag's search for the order of loops of one layer, without its interface.

`zigzag.api` writes a folder for every call, draws figures, and sets up logging for the whole
program. Its stages do none of that, and they take values where the interface takes files. Written
against zigzag-dse 3.9.1; a new release that changes the stages is met here only.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zigzag.datatypes import LayerOperand
from zigzag.mapping.data_movement import DataDirection
from zigzag.mapping.temporal_mapping import TemporalMappingType
from zigzag.opt.loma.engine import LomaEngine, NoValidLoopOrderingFoundException
from zigzag.parser.accelerator_factory import AcceleratorFactory
from zigzag.parser.accelerator_validator import AcceleratorValidator
from zigzag.parser.workload_factory import LayerNodeFactory
from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage
from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
from zigzag.stages.mapping.temporal_mapping_generator_stage import TemporalMappingGeneratorStage
from zigzag.stages.results.reduce_stages import MinimalEnergyStage

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import Accelerator, Access, LayerCost, Shape
from evoapproxnas.hardware.accelerators.description import INNERMOST, OPERANDS, Operand
from evoapproxnas.hardware.accelerators.orders import FEWEST_PARTS
from evoapproxnas.hardware.zigzag.inputs import (
    LAYER_OPERANDS,
    LOOPS,
    accelerator_values,
    layer_values,
    mapping_values,
    multiply_accumulates,
)

_DIMENSIONS = {loop: dimension for dimension, loop in LOOPS.items()}


class _Engine(LomaEngine):
    """Tries the orders whose innermost loop leaves in place what the dataflow says."""

    def __init__(self, *, innermost: frozenset[str], **options: Any) -> None:
        super().__init__(**options)
        self._innermost = innermost

    def ordering_generator(self) -> Iterator[list[Any]]:
        first_allowed = any(loop.name in self._innermost for loop, _ in self.lpfs)
        for order in super().ordering_generator():
            if not first_allowed or order[0][0].name in self._innermost:
                yield order


class _Orders(TemporalMappingGeneratorStage):
    """The stage that gives the orders of `_Engine`."""

    def generate_temporal_mappings(self) -> Iterator[Any]:
        return _Engine(
            accelerator=self.accelerator,
            layer=self.layer,
            spatial_mapping=self.spatial_mapping,
            mapping_type=self.mapping_type,
            **self.kwargs,
        ).run()


def evaluate(shape: Shape, accelerator: Accelerator) -> LayerCost:
    """Let ZigZag search the order of loops that takes least energy.

    Raises:
        ConfigError: if no order fits the memories, or ZigZag does not take the accelerator.
    """
    with _quiet():
        layer = LayerNodeFactory(
            layer_values(shape, accelerator), mapping_values(shape, accelerator)
        ).create()
        stages = [SpatialMappingGeneratorStage, MinimalEnergyStage, _Orders, CostModelStage]
        search = MinimalEnergyStage(
            stages,
            accelerator=_accelerator(accelerator),
            layer=layer,
            innermost=frozenset(LOOPS[d] for d in INNERMOST[accelerator.dataflow]),
            loma_lpf_limit=FEWEST_PARTS,
            nb_mappings_generated=1,
            access_same_data_considered_as_no_access=True,
            temporal_mapping_type=TemporalMappingType.UNEVEN,
        )
        try:
            ((found, _),) = search.run()
        except NoValidLoopOrderingFoundException:
            raise ConfigError(
                f"ZigZag finds no order of the loops of {shape} for which the memories of "
                f"accelerator {accelerator.name!r} have room; enlarge them, or make the array "
                "smaller"
            ) from None
    return _cost(found, shape, accelerator)


def _accelerator(accelerator: Accelerator) -> Any:
    validator = AcceleratorValidator(accelerator_values(accelerator))
    if not validator.validate():
        raise ConfigError(
            f"ZigZag does not take accelerator {accelerator.name!r}: {validator.validator.errors}"
        )
    return AcceleratorFactory(validator.normalized_data).create()


def _cost(found: Any, shape: Shape, accelerator: Accelerator) -> LayerCost:
    computing = float(found.ideal_temporal_cycle)
    return LayerCost(
        accesses=tuple(
            access for operand in OPERANDS for access in _accesses(found, operand, accelerator)
        ),
        cycles=float(found.latency_total2),
        waiting=float(found.stall_slack_comb),
        loading=float(found.data_onloading_cycle + found.data_offloading_cycle),
        utilization=multiply_accumulates(shape) / computing / accelerator.elements,
        order=tuple(
            (_DIMENSIONS[loop.name], int(size))
            for level in found.temporal_mapping.mapping_dic_origin[LayerOperand("O")]
            for loop, size in level
            if loop.name in _DIMENSIONS  # A layer that is spread in whole has one of images.
        ),
        spread=tuple(
            (_DIMENSIONS[loop.name], int(size))
            for axis in found.layer.spatial_mapping.values()
            for loop, size in axis.items()
            if size > 1
        ),
    )


def _accesses(found: Any, operand: Operand, accelerator: Accelerator) -> Iterator[Access]:
    levels = found.memory_word_access[LayerOperand(LAYER_OPERANDS[operand])]
    for memory, moved in zip(accelerator.paths[operand], levels, strict=True):
        reads, writes = (
            float(sum(moved.get(direction) for direction in directions))
            for directions in (
                (DataDirection.RD_OUT_TO_HIGH, DataDirection.RD_OUT_TO_LOW),
                (DataDirection.WR_IN_BY_HIGH, DataDirection.WR_IN_BY_LOW),
            )
        )
        energy = reads * memory.read_pj + writes * memory.write_pj
        yield Access(memory.name, memory.level, operand, reads, writes, energy)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep ZigZag's notes out of this program's log while it works; its errors are raised."""
    logger = logging.getLogger("zigzag")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
