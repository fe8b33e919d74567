"""`multipliers operands`: which codes a network feeds its multipliers."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import AsJson, data_config
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
    """Count the operands that a model feeds its multipliers, to evolve circuits for them."""
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    import pandas as pd

    from evoapproxnas.circuits import save_operands
    from evoapproxnas.config import parse_config
    from evoapproxnas.multipliers import operand_values
    from evoapproxnas.resilience.model_operands import model_operands

    quantization = {"weight_scheme": weight_scheme, "calibration_images": images}
    distribution, signed = model_operands(
        model,
        layers=layer or ["*"],
        data=data_config(data, data_dir),
        quantization=parse_config({"quantization": quantization}).quantization,
        pixel_scale=pixel_scale,
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
