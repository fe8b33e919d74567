"""Which layer takes which multiplier: search assignments, take one, retrain through it.

Layers differ in what they bear. `assign` measures every layer with every multiplier once, predicts
what assignments lose, and emulates those that look best; `finetune` wins back what was lost.
"""

from typing import Any

import evoapproxnas as ea
from evoapproxnas.examples.small_network import digits, trained_network
from evoapproxnas.resilience import AssignResult


def main(
    *, epochs: int = 20, images: int = 1797, most_loss: float = 1.0, **options: Any
) -> AssignResult:
    """Search, and approximate the network by the cheapest assignment that loses little.

    Args:
        epochs: of training.
        images: of digits in all.
        most_loss: percentage points that may be lost on validation images.
        **options: of `ea.assign`, such as `multipliers="mul8u_or*"` or `verify=50`.

    Returns:
        What the search found.
    """
    train, test = digits(images)
    model = trained_network(train, epochs=epochs)
    result = ea.assign(model, (train, test), **({"bits": (6, 5)} | options))
    print(result.front()[["id", "relative_energy", "accuracy", "test_accuracy"]])

    bearable = [member for member in result.members if member.loss_points <= most_loss]
    cheapest = min(bearable, key=lambda member: member.energy_nj)
    print(cheapest)
    for layer, multiplier in cheapest.multipliers.items():
        print(f"  {layer}: {multiplier}")

    approximated = ea.approximate(model, cheapest.multipliers, calibration_data=train[0][:256])
    ea.finetune(approximated, (train, test), epochs=max(1, epochs // 10))
    accuracy = approximated.evaluate(*test, verbose=0)[1]
    print(f"accuracy on test images after retraining: {accuracy:.3f}")
    return result


if __name__ == "__main__":
    main()
