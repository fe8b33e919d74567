"""Learning from a trained teacher: its probabilities say more than the label alone."""

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from evoapproxnas.training.mixed_precision import bfloat16_maps


@dataclass(frozen=True, eq=False, kw_only=True)
class Distillation:
    """What the teacher adds to the loss of a step.

    The loss becomes (1 - weight) x cross entropy with the labels + weight x temperature^2 x
    cross entropy with the teacher's probabilities, both logits divided by the temperature.
    The teacher sees each image as the student does, moved and mirrored, so its answers cannot be
    kept from one epoch to the next.

    Source: G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015;
    L. Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", 2022, for
    the same view of the image.

    Attributes:
        teacher: a trained Keras model from pixels 0..255 to logits; it stays as it is.
        weight: of the teacher, 0..1.
        temperature: above 1, small probabilities count for more.
        bfloat16: whether the teacher's feature maps are.
    """

    teacher: Any
    weight: float
    temperature: float
    bfloat16: bool = False

    def loss(self, images: Any, logits: Any, label_loss: Any) -> Any:
        """Return the loss of each image, (batch,).

        Args:
            images: float32 pixels (batch, height, width, channels).
            logits: of the student, (batch, classes).
            label_loss: cross entropy with the labels, (batch,).
        """
        if self.bfloat16:
            with bfloat16_maps(self.teacher):
                answers = self.teacher(images, training=False)
        else:
            answers = self.teacher(images, training=False)
        soft = tf.nn.softmax(tf.stop_gradient(tf.cast(answers, tf.float32)) / self.temperature)
        teacher_loss = tf.nn.softmax_cross_entropy_with_logits(soft, logits / self.temperature)
        return (1.0 - self.weight) * label_loss + self.weight * self.temperature**2 * teacher_loss
