"""A search, what it found, and its report, in cells."""

# %% [markdown]
# # A search and its report
#
# Architectures and the multipliers of their layers are searched together. Everything is written
# into the folder of the run as it is measured: what was interrupted goes on with
# `python -m evoapproxnas resume NAME`.

# %%
from typing import Any

import evoapproxnas as ea
from evoapproxnas.report import draw_pareto, draw_progress
from evoapproxnas.report.data import baseline_frame, front_frame, progress_frame

# %% tags=["parameters"]
SECTIONS: dict[str, Any] = {"search": {"population": 8, "generations": 3}, "seed": 1}
"""Sections of the configuration; `python -m evoapproxnas config` prints them all."""

# %%
run = ea.search(**SECTIONS)
run

# %% [markdown]
# The Pareto front as a data frame; `evaluations()` has every point, `failures()` what went wrong.

# %%
front = run.front()
front

# %% [markdown]
# The most accurate network on validation images, with its multipliers.

# %%
best = front.sort_values("error")["id"].iloc[0]
run.network(best)

# %% [markdown]
# The same as a trained Keras model.

# %%
model = run.model(best)
model.summary()

# %% [markdown]
# Figures are data frames first, and then drawn.

# %%
points = front_frame([run])
draw_pareto(points, baselines=baseline_frame(points[points["member"]]))

# %%
draw_progress(progress_frame([run]))

# %% [markdown]
# All of it on one page, which opens from the disk.

# %%
print("open", run.path / "report.html")
