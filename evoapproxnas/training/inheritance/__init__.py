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

Measured on digits, 36 children for each of three parents' (ResNet, separable, shuffle) changes,
validation accuracy in points against the parent's (5 epochs): see the table.

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
