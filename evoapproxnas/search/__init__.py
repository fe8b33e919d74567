"""The search: NSGA-II over genotypes, and the campaign loop that drives it.

campaign     the loop: propose, evaluate, select, record, until a stop rule holds
population   initial and varied genotypes, decoded and ready to be evaluated
nsga2        environmental and parent selection (the only user of DEAP)
stop         stop rules
observer     what a campaign tells whoever watches
"""

from evoapproxnas.search.campaign import directions, run_campaign
from evoapproxnas.search.observer import Observer, Progress
from evoapproxnas.search.population import make_space

__all__ = ["Observer", "Progress", "directions", "make_space", "run_campaign"]
