"""The finish of networks: trained for long, a front of assignments again, fine-tuned.

finisher   what comes next for a member of the front; needs no TensorFlow
settings   the configuration that its trainings have
choosing   which of the assignments that were found are fine-tuned
tasks      the stages as plain data
records    what stages come to
table      the figures of a run's finish
turns      training in turns: a worker hands its state back now and then
stages     the work itself; runs in worker processes, imports TensorFlow

Training sees the training split, all of it. The validation split selects epochs and assignments,
so it is not trained on. The test split is measured at the end of each stage and selects nothing.
"""

from evoapproxnas.problems.cnn.finish.finisher import CnnFinisher

__all__ = ["CnnFinisher"]
