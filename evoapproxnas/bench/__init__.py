"""Benchmarks that users can run: how fast and how good this package is on their machine.

| `python -m evoapproxnas bench ...` | room | what it measures |
|---|---|---|
| `assign` | `assign` | methods that find a multiplier for each layer, in equal time |
| `emulation` | `emulation/` | kernels in layers and networks, next to float32 |
| `fresh` | `fresh/` | seconds and memory of processes that approximate, next to float32 |
| `circuits` | `circuits` | evaluations of circuits a second, next to NumPy |
| `latency` | `latency`, `help_protocol` | latency of new devices from few measurements |
| `candidate` | `candidate` | what a campaign does for one network, next to plain Keras training |
| `campaign` | `campaign/` | what each mechanism of the search is worth in equal time |
| `cosearch` | `cosearch` | hardware genes next to a fixed accelerator, without any training |
| `machine` | `measuring/` | how long kernels take on this machine, which `auto` goes by |
| `search` | `search/` | search algorithms where the true front is known |
| `hardware` | `hardware/` | the analytic accelerator model beside ZigZag, and its speed |

`machine` says on what, `host` does without TensorFlow, `doctor` says what a machine lacks,
`lesser_cpu` makes it a lesser one. Nothing
is imported here, as some of it is to run without TensorFlow.
"""
