"""The data of figures and pages: a function for each that returns a pandas data frame.

Nothing here draws, or imports what draws; a figure and a page show the same frame.

points_frame       every point of several runs, with all its figures
front_frame        fronts in any objectives; baseline_frame: exact 8-bit and float beside them
attainment_frame   what a share of the runs of a group attains (median, quartiles)
progress_frame     hypervolume over evaluations, passes, time; progress_bands: over seeds
timeline_frame     outcomes of a run in order; outcome_frame: counted
lineage_frame      who descends from whom, by which operator, and where to draw it
curve_frame        epochs of trainings
gene_frame         what genes mean, beside figures; importance_frame: which matter
usage_frame        multipliers of layers; usage_by_depth: counted
layer_frame        layers of a network with multipliers and energy
network_drawing    a network as boxes and arrows, laid out
confusion_frame    what is taken for what
sweep_frame        what a study measured; assigned_frame, retrained_frame: what it found
error_map_frame    where a multiplier errs
system_frame       what layers cost on an accelerator
axis_of, axes_of   what columns are called, in which unit, and which way is better

`run`, `group` and `id` mean the same in all of them. Runs that differ in nothing but their seed
are a group. A run may be written meanwhile: each frame is of one moment.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use

if TYPE_CHECKING:
    from evoapproxnas.report.data.axes import Axis, axes_of, axis_of
    from evoapproxnas.report.data.circuits import error_map_frame, system_frame
    from evoapproxnas.report.data.confusion import confusion_frame
    from evoapproxnas.report.data.curves import curve_frame
    from evoapproxnas.report.data.drawing import NetworkDrawing, network_drawing
    from evoapproxnas.report.data.failures import outcome_frame
    from evoapproxnas.report.data.fronts import attainment_frame, baseline_frame, front_frame
    from evoapproxnas.report.data.genes import gene_frame
    from evoapproxnas.report.data.importance import importance_frame
    from evoapproxnas.report.data.layers import layer_frame
    from evoapproxnas.report.data.lineage import lineage_frame
    from evoapproxnas.report.data.points import points_frame
    from evoapproxnas.report.data.progress import progress_bands, progress_frame
    from evoapproxnas.report.data.studies import assigned_frame, retrained_frame, sweep_frame
    from evoapproxnas.report.data.timeline import timeline_frame
    from evoapproxnas.report.data.usage import usage_by_depth, usage_frame

_HOMES = {
    "Axis": "axes",
    "NetworkDrawing": "drawing",
    "assigned_frame": "studies",
    "attainment_frame": "fronts",
    "axes_of": "axes",
    "axis_of": "axes",
    "baseline_frame": "fronts",
    "confusion_frame": "confusion",
    "curve_frame": "curves",
    "error_map_frame": "circuits",
    "front_frame": "fronts",
    "gene_frame": "genes",
    "importance_frame": "importance",
    "layer_frame": "layers",
    "lineage_frame": "lineage",
    "network_drawing": "drawing",
    "outcome_frame": "failures",
    "points_frame": "points",
    "progress_bands": "progress",
    "progress_frame": "progress",
    "retrained_frame": "studies",
    "sweep_frame": "studies",
    "system_frame": "circuits",
    "timeline_frame": "timeline",
    "usage_by_depth": "usage",
    "usage_frame": "usage",
}

__all__ = [
    "Axis",
    "NetworkDrawing",
    "assigned_frame",
    "attainment_frame",
    "axes_of",
    "axis_of",
    "baseline_frame",
    "confusion_frame",
    "curve_frame",
    "error_map_frame",
    "front_frame",
    "gene_frame",
    "importance_frame",
    "layer_frame",
    "lineage_frame",
    "network_drawing",
    "outcome_frame",
    "points_frame",
    "progress_bands",
    "progress_frame",
    "retrained_frame",
    "sweep_frame",
    "system_frame",
    "timeline_frame",
    "usage_by_depth",
    "usage_frame",
]

__getattr__ = on_first_use(__name__, _HOMES)
"""Import on first use: scikit-learn takes a second, and one figure needs it."""
