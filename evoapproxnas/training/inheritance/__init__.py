"""Inheritance: a child network begins with what its parent has learned.

    weights = weights_of(parent_model)                      # of a trained parent
    data = pack_weights(weights, notes={"passes": 4})       # bytes for the store
    weights, notes = unpack_weights(data, where="training 17 of run.sqlite")
    match = match_layers(parent, child)                     # evoapproxnas.networks
    images = statistics_images(dataset)                     # augmented as in training
    inherited = inherit(model, child, parent, weights, match, images=images)
    fit(model, ...)                                         # its optimizer begins anew
    reestimate_batch_norm(model, images)                    # before every measurement

- `weights`: the weights of a model by layer. `packing`: the same as bytes.
- `transfer`: the way through both networks; `channels` says which channels correspond, `kernels`
  which taps, `importance` which channels a narrower layer keeps, `starts` how new layers begin;
  `layers` and `newcomers` fill the variables of one layer, `lost_norms` those of two into one.
- `statistics`: of batch normalizations, measured on images. `inherit`: all of it for a model.

What a child computes is compared with its parent by numbering (`channels`): `Inherited.preserved`
is a proof, not a hope. A new primitive without weights needs a rule in `channels`, else the
channels behind it count as new ones.

Measured on digits: three parents (ResNet, separable, shuffle) trained for 5 epochs, children of
one random change; points of validation accuracy against the parent's, medians:

| change | children | before training | after 1 epoch | 1 epoch from scratch |
|---|---|---|---|---|
| none | 12 | 0.0 | +1.2 | -27.1 |
| wider | 12 | 0.0 | +1.6 | -29.1 |
| larger kernel | 12 | 0.0 | +1.6 | -27.5 |
| a node more | 12 | 0.0 | +2.0 | -25.3 |
| narrower | 15 | -7.7 | -0.8 | -31.4 (12) |
| smaller kernel | 12 | -11.7 | -2.2 | -28.3 |
| a node replaced | 21 | -42.5 | -4.0 | -30.4 |
| a node less | 21 | -64.4 | -25.9 | -34.8 |

Nodes that halve the map are among those that go. `shrink` and `perturb` on 10,000 images of
CIFAR-10, ResNet-8 (3 passes, 48.2 %), a wider block, one pass more, n = 3: 51.3 % with 1 / 0, 51.2
with 0.8 / 0.1, 50.8 with 0.6 / 0.1, 49.1 with 0.4 / 0.1; from scratch 37.7. So they are off. (With
statistics of images that are not augmented; `statistics_images` says what they cost.)
"""

from evoapproxnas.training.inheritance.inherit import Inherited, inherit
from evoapproxnas.training.inheritance.packing import pack_weights, unpack_weights
from evoapproxnas.training.inheritance.statistics import reestimate_batch_norm, statistics_images
from evoapproxnas.training.inheritance.weights import Weights, load_weights, weights_of

__all__ = [
    "Inherited",
    "Weights",
    "inherit",
    "load_weights",
    "pack_weights",
    "reestimate_batch_norm",
    "statistics_images",
    "unpack_weights",
    "weights_of",
]
