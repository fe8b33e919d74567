"""Networks and the multipliers of their layers: one candidate is trained, approximated, measured.

problem      what the campaign loop sees
population   genotypes of candidates: drawn, varied, decoded
pricing      what follows from a network alone
finish/      members of the front, trained for long and fine-tuned
tasks        the work of a candidate as plain data
evaluation   that work; runs in worker processes, imports TensorFlow
assigning    the fast level; likewise, as does what workers share, `common`
"""

from evoapproxnas.problems.cnn.problem import CnnProblem

__all__ = ["CnnProblem"]
