"""The search: NSGA-II over genotypes, and the campaign loop that drives it.

campaign     the loop: propose, evaluate, select, record, until a stop rule holds
nsga2        environmental and parent selection (the only user of DEAP)
stop         stop rules
observer     what a campaign tells whoever watches
"""

from evoapproxnas.problems.cnn.population import make_space
from evoapproxnas.search.campaign import directions, run_campaign
from evoapproxnas.search.observer import Observer, Progress

__all__ = ["Observer", "Progress", "directions", "make_space", "run_campaign"]
