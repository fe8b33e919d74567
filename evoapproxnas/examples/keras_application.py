"""Approximate a published architecture of Keras: MobileNet.

With `weights="imagenet"` Keras downloads what was trained on ImageNet; images of your own take
the place of the random ones here. Per-channel scales of weights matter to networks with depthwise
convolutions, as their channels differ a lot.
"""

import keras
import numpy as np

import evoapproxnas as ea


def main(
    *,
    multipliers: tuple[str, ...] = ("mul8u_exact", "mul8u_exact_a6w6", "mul8u_or8_v6"),
    weights: str | None = None,
    size: int = 96,
    images: int = 32,
) -> dict[str, float]:
    """Compare what approximate networks answer with what the float one does.

    Args:
        multipliers: names; each is used in all convolutions.
        weights: "imagenet", a file, or None for random ones.
        size: height and width of images, pixels.
        images: how many.

    Returns:
        Share of images that are answered alike, by multiplier.
    """
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNet(
        input_shape=(size, size, 3), alpha=0.25, weights=weights, classifier_activation=None
    )
    pixels = np.random.default_rng(0).uniform(0, 255, (images, size, size, 3))
    x = keras.applications.mobilenet.preprocess_input(pixels.astype(np.float32))
    expected = model.predict(x, verbose=0).argmax(axis=-1)

    agreement = {}
    for name in multipliers:
        approximated = ea.approximate(model, name, calibration_data=x, per_channel=True)
        answers = approximated.predict(x, verbose=0).argmax(axis=-1)
        agreement[name] = float((answers == expected).mean())
        print(f"{name}: {100 * agreement[name]:.0f} % of {images} images answered alike")
    print(ea.conversion_report(approximated))
    return agreement


if __name__ == "__main__":
    main()
