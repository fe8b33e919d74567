"""Networks and the multipliers of their layers: one candidate is trained, approximated, measured.

problem      what the campaign loop sees
population   genotypes of candidates: drawn, varied, decoded
pricing      what follows from a network alone
tasks        the work of a candidate as plain data
evaluation   that work; runs in worker processes, the only file here that imports TensorFlow
"""

from evoapproxnas.problems.cnn.problem import CnnProblem

__all__ = ["CnnProblem"]
