"""`train`: a network of the zoo on a data set, with checkpoints."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.commands import INTERRUPTED
from evoapproxnas.cli.options import DataDir, DatasetName, Seed
from evoapproxnas.cli.output import console, same_command, say
from evoapproxnas.cli.train_progress import EpochLines
from evoapproxnas.errors import ConfigError

if TYPE_CHECKING:
    from evoapproxnas.config import DataConfig, RunConfig, TrainingConfig
    from evoapproxnas.training import Dataset, FitResult

_CHECKPOINT = "checkpoint.npz"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(train)


def train(
    network: Annotated[str, typer.Argument(help="resnet8, 14, 20, 26 or mlperf_resnet8.")],
    *,
    dataset: DatasetName = "cifar10",
    data_dir: DataDir = None,
    train_images: Annotated[int | None, typer.Option(min=1, help="Use only so many.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training images.")] = 60,
    batch_size: Annotated[int, typer.Option(min=1, help="Images per step.")] = 256,
    learning_rate: Annotated[float, typer.Option(help="Highest rate.")] = 0.2,
    schedule: Annotated[
        str, typer.Option(help="triangular, one_cycle, cosine or constant.")
    ] = "triangular",
    optimizer: Annotated[str, typer.Option(help="muon, sgd (Nesterov), adam or adamw.")] = "muon",
    bias_rate: Annotated[
        float, typer.Option(help="Factor on the rate of biases and normalizations.")
    ] = 4.0,
    weight_decay: Annotated[
        float, typer.Option(help="On kernels only; 5e-4 for sgd, 0.1 for muon.")
    ] = 0.1,
    label_smoothing: Annotated[float, typer.Option(help="0 to below 1.")] = 0.1,
    ema: Annotated[float, typer.Option(help="Decay of the weight average; 0: none.")] = 0.0,
    augment: Annotated[
        bool, typer.Option(help="Moved images, and mirrored ones where they fit.")
    ] = True,
    precision: Annotated[
        str, typer.Option(help="Of feature maps: float32, bfloat16, or auto, by the CPU.")
    ] = "auto",
    teacher: Annotated[
        Path | None, typer.Option(help="A trained .keras file to learn from, beside the labels.")
    ] = None,
    teacher_weight: Annotated[float, typer.Option(help="The teacher's part of the loss.")] = 0.5,
    temperature: Annotated[float, typer.Option(help="Of the teacher's probabilities.")] = 2.0,
    seed: Seed = 0,
    threads: Annotated[int | None, typer.Option(min=1, help="Left out: all cores.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Left out: runs/trained/...")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the folder's checkpoint.")] = False,
) -> None:
    r"""Train a network and save it with its figures: float and exact 8-bit accuracy.

    The folder gets a checkpoint and a line of log.csv after every epoch, and in the end
    model.keras, with the weights of the best epoch by validation accuracy, and metrics.json.

    Example: python -m evoapproxnas train resnet8 --dataset cifar10 \
        --data-dir DIR -o r8
    """
    import psutil

    from evoapproxnas.cli.quiet import start_tensorflow_quietly
    from evoapproxnas.config import parse_config

    options = {
        "data": {
            "dataset": dataset,
            "data_dir": data_dir and str(data_dir),
            "train_images": train_images,
            "augment": augment,
        },
        "training": {
            "epochs": epochs,
            "batch_size": batch_size,
            "optimizer": optimizer,
            "learning_rate": learning_rate,
            "schedule": schedule,
            "bias_rate": bias_rate,
            "weight_decay": weight_decay,
            "label_smoothing": label_smoothing,
            "ema_decay": ema,
            "precision": precision,
            "distillation_weight": teacher_weight,
            "distillation_temperature": temperature,
        },
    }
    config = parse_config(options).for_this_machine()
    folder = output or Path("runs") / "trained" / f"{network}-{Path(dataset).stem}-{seed}"
    _check_folder(folder, resume=resume)
    start_tensorflow_quietly(threads=threads or psutil.cpu_count(logical=True))

    from evoapproxnas.files import write_atomically
    from evoapproxnas.networks.zoo import build_zoo
    from evoapproxnas.training import load_dataset
    from evoapproxnas.training.classifier import load_classifier
    from evoapproxnas.training.model_file import save_model

    data = load_dataset(config.data)
    model = build_zoo(
        network,
        data.input_shape,
        data.classes,
        mean=data.mean,
        variance=data.variance,
        seed=seed,
    )
    taught_by = None if teacher is None else load_classifier(teacher)
    result = _fit(model, data, config.training, folder, seed=seed, teacher=taught_by)
    save_model(model, folder / "model.keras")
    figures = _figures(folder, config.data, result)
    metrics = {
        "network": network,
        **figures,
        "seed": seed,
        "teacher": teacher and str(teacher),
        **_circumstances(config),
    }
    write_atomically(folder / "metrics.json", json.dumps(metrics, indent=2) + "\n")
    say(
        f"{network}: validation {100 * figures['val_accuracy']:.2f} %, test "
        f"{100 * figures['test_accuracy']:.2f} % in float, "
        f"{100 * figures['exact8_test_accuracy']:.2f} % in exact 8-bit, "
        f"{figures['seconds'] / 60:.1f} minutes; saved to {folder}"
    )


def _check_folder(folder: Path, *, resume: bool) -> None:
    present = (folder / _CHECKPOINT).exists()
    if present and not resume:
        raise ConfigError(
            f"{folder} holds a training already; choose another folder with -o, or add --resume "
            f"to go on: {same_command('--resume')}"
        )
    if resume and not present:
        raise ConfigError(
            f"nothing to resume: {folder / _CHECKPOINT} does not exist; leave out --resume to "
            "start, or name the folder of the training with -o"
        )


def _fit(
    model: Any,
    data: "Dataset",
    config: "TrainingConfig",
    folder: Path,
    *,
    seed: int,
    teacher: Any,
) -> "FitResult":
    from evoapproxnas.training import fit

    lines = EpochLines(console, folder / "log.csv", epochs=config.epochs)
    try:
        result = fit(
            model,
            data,
            config,
            seed=seed,
            on_epoch=lines,
            keep_best=True,
            checkpoint=folder / _CHECKPOINT,
            teacher=teacher,
        )
    except KeyboardInterrupt:
        say(f"interrupted; go on after the last whole epoch with: {same_command('--resume')}")
        raise typer.Exit(INTERRUPTED) from None
    lines.rewrite(result.history)
    return result


def _figures(folder: Path, data: "DataConfig", result: "FitResult") -> dict[str, Any]:
    """Accuracies of the saved model: validation, and test in float and exact 8-bit."""
    from evoapproxnas.resilience import sweep

    judged = sweep(folder / "model.keras", data, multipliers="exact8", bits=(), include_dense=True)
    test_float, test_exact = (row.accuracy for row in judged.rows)
    return {
        "test_accuracy": test_float,
        "exact8_test_accuracy": test_exact,
        "val_accuracy": result.selected.val_accuracy,
        "selected_epoch": result.selected.epoch,
        "train_accuracy": result.train_accuracy,
        "epochs": result.epochs,
        "seconds": result.seconds,
    }


def _circumstances(config: "RunConfig") -> dict[str, Any]:
    from evoapproxnas.store.environment import describe_environment

    return {
        "data": config.data.model_dump(),
        "training": config.training.model_dump(),
        "quantization": config.quantization.model_dump(),
        "environment": describe_environment(),
    }
