"""What a multiplier of your own does to a network, in cells."""

# %% [markdown]
# # Bring your own multiplier
#
# A multiplier is its table: 256 x 256 products of an activation code and a weight code. Here one
# is made of a Python function, looked at, and put into every layer of a network.

# %%
import evoapproxnas as ea
from evoapproxnas.examples.small_network import digits, trained_network

# %% tags=["parameters"]
EPOCHS = 20
IMAGES = 1797

# %% [markdown]
# Your circuit as a function. A table (`from_table`) or a file of Verilog, BLIF or NumPy
# (`from_file`) do as well; of circuits, power, area and delay are computed.


# %%
def without_low_bits(activation: int, weight: int) -> int:
    """Multiply after clearing three bits of the activation and two of the weight."""
    return (activation & 0b11111000) * (weight & 0b11111100)


mine = ea.Multiplier.from_function("mine", without_low_bits, power_uw=190.0)
mine

# %% [markdown]
# The bundled library, for comparison.

# %%
library = ea.load_library()
library

# %% [markdown]
# A network: any Keras model does.

# %%
train, test = digits(IMAGES)
model = trained_network(train, epochs=EPOCHS)
print(f"float: {model.evaluate(*test, verbose=0)[1]:.3f}")

# %% [markdown]
# The same network with approximate layers. A few hundred images fix the ranges of activations.

# %%
for multiplier in (library["exact8"], library["mul8u_or8_v6"], mine):
    approximated = ea.approximate(model, multiplier, calibration_data=train[0][:256])
    print(f"{multiplier.name}: {approximated.evaluate(*test, verbose=0)[1]:.3f}")

# %% [markdown]
# What became of each layer:

# %%
ea.conversion_report(approximated)

# %% [markdown]
# Training through the approximate forward pass wins accuracy back. The result is a Keras model: it
# is saved as usual, and `ea.load_model(path, multipliers=[mine])` reads it again.

# %%
ea.finetune(approximated, (train, test), epochs=max(1, EPOCHS // 10)).table()

# %%
print(f"retrained: {approximated.evaluate(*test, verbose=0)[1]:.3f}")
