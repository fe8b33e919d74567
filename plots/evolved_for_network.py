"""Does a circuit pay that was evolved for a network? Accuracy against power, under its operands.

    python plots/evolved_for_network.py measure r8/model.keras ops.npz study0 study1 study2 -o accuracy.csv
    python plots/evolved_for_network.py draw accuracy.csv -o accuracy.png

`measure` puts every unsigned circuit of the bundled library and of other library folders into all
convolutions of a saved CIFAR-10 classifier: on validation images, then the fronts on all test
images. A front is of one of the two groups, by validation cross-entropy or error, and by power
under the network's operands or under uniform ones. Rows that the CSV file has already are kept.
"""  # noqa: E501

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import pandas as pd
import typer

from evoapproxnas.circuits import OperandDistribution, load_operands, power_uw
from evoapproxnas.cli.answering import Picture, run_script
from evoapproxnas.cli.output import say
from evoapproxnas.config import DataConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.files.frames import read_frame
from evoapproxnas.multipliers import Library, Multiplier, error_figures, load_library
from evoapproxnas.multipliers.evolution.layer_error import layer_mse
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import color_of, new_figure, plain
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.training import Dataset, load_dataset
from evoapproxnas.training.classifier import load_classifier

EXACT = "mul8u_exact"
FOR_NETWORK = "_evo_layer"
"""Part of the names of bundled circuits that were evolved for the network."""
CALIBRATION_IMAGES = 256
VALIDATION_IMAGES = 1000
MOST_LOSS = 0.15
"""Of validation accuracy; what loses more is no alternative and not tested."""


@dataclass(frozen=True)
class Row:
    """One circuit in all convolutions; powers are relative to the exact circuit's."""

    name: str
    group: str
    own_power: float
    uniform_power: float
    mae_pct: float
    layer_mse: float
    validation_accuracy: float = np.nan
    validation_cross_entropy: float = np.nan
    test_accuracy: float = np.nan


class Bench:
    """The trained network on the images of one split."""

    def __init__(self, model: keras.Model, data: Dataset, *, validation: bool) -> None:
        """Calibrate it."""
        images, labels = (data.x_val, data.y_val) if validation else (data.x_test, data.y_test)
        most = VALIDATION_IMAGES if validation else None
        self._images, self._labels = images[:most].astype("float32"), labels[:most]
        self._model = model
        self._calibration = observe(model, data.x_train[:CALIBRATION_IMAGES].astype("float32"))
        self._exact = load_library()[EXACT]

    def judge(self, multiplier: Multiplier) -> tuple[float, float]:
        """Return accuracy and cross-entropy with a multiplier in all convolutions."""

        def chosen(layer: keras.Layer) -> Multiplier:
            return self._exact if isinstance(layer, keras.layers.Dense) else multiplier

        network = approximate(self._model, chosen, self._calibration)
        logits = scores(network.predict(self._images, batch_size=128, verbose=0))
        # Scores are logarithms of probabilities but for a constant of each image.
        highest = logits.max(axis=1)
        log_sums = highest + np.log(np.exp(logits - highest[:, np.newaxis]).sum(axis=1))
        right = logits[np.arange(len(logits)), self._labels]
        return accuracy(logits, self._labels), float(np.mean(log_sums - right))


def measure(
    model: keras.Model,
    data: Dataset,
    operands: OperandDistribution,
    evolved: list[Path],
    path: Path,
) -> None:
    """Write the CSV file, row by row."""
    bundled = Library(bundled_folder())
    homes = {name: library for library in (Library(*evolved), bundled) for name in library}
    rows = {}
    if path.exists():
        known = read_frame(path, advice="measure into another file")
        records = known.to_dict("records")
        rows = {r["name"]: Row(**{str(column): r[column] for column in r}) for r in records}
    bench = Bench(model, data, validation=True)
    exact = bundled.netlist(EXACT)
    for name in sorted(name for name in homes if name.startswith("mul8u_")):
        if name in rows:
            continue
        multiplier, netlist = homes[name][name], homes[name].netlist(name)
        figures = error_figures(multiplier.table, signed=False, operands=operands)
        row = Row(
            name,
            "library" if name in bundled and FOR_NETWORK not in name else "evolved",
            power_uw(netlist, operands) / power_uw(exact, operands),
            power_uw(netlist) / power_uw(exact),
            figures.mae_pct,
            layer_mse(multiplier.table, signed=False, operands=operands),
        )
        accuracy, entropy = bench.judge(multiplier)
        rows[name] = replace(row, validation_accuracy=accuracy, validation_cross_entropy=entropy)
        _write(rows, path)
    bench = Bench(model, data, validation=False)
    for name in fronts(pd.DataFrame([asdict(row) for row in rows.values()])):
        if np.isnan(rows[name].test_accuracy):
            accuracy, _ = bench.judge(homes[name][name])
            rows[name] = replace(rows[name], test_accuracy=accuracy)
            _write(rows, path)


def fronts(frame: pd.DataFrame) -> list[str]:
    """Return the names on the fronts of each group, the exact circuit first."""
    best = float(frame.loc[frame["name"] == EXACT, "validation_accuracy"].iloc[0])
    frame = frame[frame["validation_accuracy"] >= best - MOST_LOSS]
    frame = frame.assign(validation_error=1 - frame["validation_accuracy"])
    names = [EXACT]
    for power in ("own_power", "uniform_power"):
        for figure in ("validation_cross_entropy", "validation_error"):
            for _, group in frame.groupby("group"):
                ordered = group.sort_values([power, figure])
                better = ordered[figure] < ordered[figure].cummin().shift(fill_value=np.inf)
                names += ordered.loc[better, "name"].tolist()
    return list(dict.fromkeys(names))


def draw(path: Path, target: Path) -> None:
    """Draw the test accuracy that is lost against both powers."""
    columns = [field.name for field in fields(Row)]
    frame = read_frame(path, columns, advice="it is to be what measure wrote")
    measured = frame[frame["test_accuracy"].notna()]
    exact = float(measured.loc[measured["name"] == EXACT, "test_accuracy"].iloc[0])
    figure = new_figure(10, 4.2)
    panels = figure.subplots(1, 2, sharey=True)
    titles = {
        "own_power": "under the network's operands",
        "uniform_power": "under uniform operands",
    }
    for axes, (power, title) in zip(panels, titles.items(), strict=True):
        for group, colour in (("library", "0.55"), ("evolved", color_of(0))):
            members = measured[measured["group"] == group].sort_values(power)
            loss = 100 * (exact - members["test_accuracy"])
            label = {"library": "bundled library", "evolved": "evolved for the network"}[group]
            axes.scatter(members[power], loss, s=16, color=colour, label=label, zorder=3)
            axes.step(members[power], loss.cummin(), where="post", color=colour, lw=0.9)
        axes.set_xlabel(f"power of the circuit, relative to exact\n{title}")
        axes.set_ylim(12, -0.6)
        plain(axes)
    panels[0].set_ylabel("test accuracy lost against exact 8 bit, points")
    panels[0].legend(frameon=False)
    save_figure(figure, target)


def _write(rows: dict[str, Row], path: Path) -> None:
    columns = [field.name for field in fields(Row)]
    frame = pd.DataFrame([asdict(row) for row in rows.values()], columns=columns)
    frame.to_csv(path, index=False, float_format="%.6g")


def measure_command(
    model: Annotated[Path, typer.Argument(help=".keras file.")],
    operands: Annotated[Path, typer.Argument(help=".npz file of 'multipliers operands'.")],
    evolved: Annotated[list[Path], typer.Argument(help="Library folders.")],
    *,
    data_dir: Annotated[str | None, typer.Option(help="Folder of cifar10.npz.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV file.")] = Path(
        "accuracy.csv"
    ),
) -> None:
    """Put circuits into all convolutions of a network, and measure it.

    Example: python plots/evolved_for_network.py measure r8/model.keras ops.npz study0 study1
    """
    measure(
        load_classifier(model),
        load_dataset(DataConfig(dataset="cifar10", data_dir=data_dir)),
        load_operands(operands, signed=False),
        evolved,
        output,
    )
    say(str(output))


def draw_command(
    csv: Annotated[Path, typer.Argument(help="What measure wrote.")],
    *,
    output: Picture = Path("accuracy.png"),
) -> None:
    """Draw the accuracy that is lost against power.

    Example: python plots/evolved_for_network.py draw accuracy.csv -o accuracy.png
    """
    draw(csv, output)
    say(str(output))


if __name__ == "__main__":
    run_script(measure=measure_command, draw=draw_command)
