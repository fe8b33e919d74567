"""`multipliers operands`: which codes a network feeds its multipliers."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_table


def operands(
    model: Annotated[Path, typer.Argument(help="A .keras file that takes pixels 0..255.")],
    *,
    output: Annotated[Path, typer.Option("-o", help="File to write, for --operands.")] = Path(
        "operands.npz"
    ),
    layer: Annotated[
        list[str] | None, typer.Option(help="Name, path or pattern; repeatable. Else all layers.")
    ] = None,
    data: Annotated[
        str, typer.Option("--dataset", "--data", help="Data set name or .npz file.")
    ] = "digits",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of data sets.")] = None,
    images: Annotated[int, typer.Option(min=1, help="Training images to look at.")] = 256,
    weight_scheme: Annotated[
        str, typer.Option(help="Where the weights' sign goes; symmetric counts signed codes.")
    ] = "sign_magnitude",
    pixel_scale: Annotated[
        float, typer.Option(help="What 255 becomes, for models that expect other pixels.")
    ] = 255.0,
    as_json: AsJson = False,
) -> None:
    r"""Count the operands that a model feeds its multipliers, to evolve circuits for them.

    Example: python -m evoapproxnas multipliers operands model.keras \
        --dataset cifar10 -o ops.npz
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    import pandas as pd

    from evoapproxnas.circuits import save_operands
    from evoapproxnas.cli.model_options import load_data
    from evoapproxnas.emulation.calibration.observation import emulated_layers
    from evoapproxnas.emulation.conversion.model_operands import model_operands
    from evoapproxnas.multipliers import operand_values
    from evoapproxnas.quantization import Quantization
    from evoapproxnas.resilience.given import as_model
    from evoapproxnas.training.classifier import as_inputs, check_classifier

    network, seen = as_model(model), None
    if not emulated_layers(network):
        dataset = load_data(data, data_dir)
        check_classifier(network, dataset)
        seen = as_inputs(network, dataset.x_train[:images], pixel_scale=pixel_scale)
    distribution, signed = model_operands(
        network,
        seen,
        layers=layer or "*",
        quantization=Quantization(weight_scheme=weight_scheme),  # type: ignore[arg-type]
    )
    save_operands(output, distribution, signed=signed)
    sides = {"activations": distribution.activations, "weights": distribution.weights}
    rows = [
        {
            "operand": name,
            "signed": signed,
            "zero_pct": 100 * float(codes[0]),
            "mean_size": float(codes @ abs(operand_values(signed=signed))),
            "codes_used": int((codes > 0).sum()),
        }
        for name, codes in sides.items()
    ]
    print_table(pd.DataFrame(rows), as_json=as_json)
