"""Sweep and assignment of a trained network, in cells."""

# %% [markdown]
# # Which layer takes which circuit?
#
# One circuit for a whole network is a compromise: layers differ in what they bear. First every
# circuit is used throughout, then each layer gets its own.

# %%
from typing import Any

import evoapproxnas as ea
from evoapproxnas.examples.small_network import digits, trained_network

# %% tags=["parameters"]
EPOCHS = 20
IMAGES = 1797
CIRCUITS = "mul8u_evo_mae*"
OPTIONS: dict[str, Any] = {}

# %%
train, test = digits(IMAGES)
model = trained_network(train, epochs=EPOCHS)

# %% [markdown]
# Every circuit in all convolutions, beside exact multipliers of 7 to 4 bits: what an approximate
# circuit has to beat. `relative_energy` is 1 for exact 8-bit multipliers.

# %%
swept = ea.sweep(model, (train, test), multipliers=CIRCUITS)
swept.front()[["multiplier", "kind", "relative_energy", "accuracy", "loss_points"]]

# %% [markdown]
# A front of assignments. The validation images decide; the test images are measured at the end.

# %%
result = ea.assign(model, (train, test), multipliers=CIRCUITS, bits=(6, 5), **OPTIONS)
result.front()[["id", "relative_energy", "accuracy", "test_accuracy"]]

# %% [markdown]
# The predictor orders assignments before they are emulated; this is how well.

# %%
print(f"rank correlation of prediction and measurement: {result.rank_correlation:.2f}")

# %% [markdown]
# The cheapest assignment that loses at most a point, as a network.

# %%
bearable = [member for member in result.members if member.loss_points <= 1.0]
cheapest = min(bearable, key=lambda member: member.energy_nj)
approximated = ea.approximate(model, cheapest.multipliers, calibration_data=train[0][:256])
ea.conversion_report(approximated)

# %%
print(f"{cheapest.id} on test images: {approximated.evaluate(*test, verbose=0)[1]:.3f}")
