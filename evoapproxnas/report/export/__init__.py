"""What was found, for other tools: members of a run, and its history.

    export_run(load_run("runs/NAME"), "onnx", member="g03-05")     # Exported(path, note)

| target | of | what it is |
|---|---|---|
| `keras` | a member | the approximated model, for `ea.load_model` |
| `savedmodel` | a member | likewise, for TensorFlow alone |
| `tflite`, `onnx` | a member | its exact 8-bit twin: these formats know no other multiplication |
| `netlists` | a member | the folder for a hardware team, see `netlists` |
| `genome` | a member | genes, network and design; `run --init FILE` begins with it |
| `config` | a run or member | the configuration; that of a member begins with it |
| `csv`, `parquet` | a run | every point and every candidate that came to none |
| `tensorboard` | a run | curves of the campaign and of each training, as event files |
| `optuna` | a run | a study, which optuna-dashboard opens |

To add one, write a function of a `Job` and a path, and name it in `targets.TARGETS`. `targets`
checks what was asked for and writes in one step; `models`, `onnx_file` (with `onnx_nodes`),
`descriptions`, `history`, `event_files` and `optuna_study` write.
"""

from evoapproxnas.report.export.targets import TARGETS, Exported, Target, export_run

__all__ = ["TARGETS", "Exported", "Target", "export_run"]
