"""Networks together with the accelerator that they run on.

`OnHardware` stands around a problem whose candidates have layers (`protocol.LayeredProblem`) and
gives it the figures of accelerators: `system_energy_nj`, `latency_ms`, `edp`, `area_mm2`. It is
there wherever an objective or a limit names one of them; what the problem itself does, and what
its workers do, is the same with and without it.

Lists in section `hardware` of the configuration span a grid of accelerators (`grid`). Hardware
takes no training, so a trained network is priced on as many of them as is worth while: a *point*
is a training with an assignment of multipliers on an accelerator.

off     every point is on `hardware.accelerator`
inner   every point is on the best of the grid for `hardware.inner_objective`: NAAS's inner loop
genes   of at most `hardware.priced` accelerators all that nothing dominates: of all of a grid that
        has no more, else of that of the candidate's genes and those that differ in one gene

With `genes` the genotype has a second chromosome behind that of the network (`genes`): five genes,
a place in each list, with a mutation and a crossover of their own. A child takes over the
accelerator of the point that its parent was chosen by, as it does with multipliers. On a large
grid some children differ in these genes alone; what their network came to is known, and they are
priced without a worker (`Problem.work_key`, `Problem.on_hardware`). On a grid that is priced
whole such a child would be no other candidate, so there are none.

Limits are specs: latency, energy and area at once, as in NASAIC. Of a network's accelerators those
within all of them come first, and a candidate that is within them on none is not trained. New
hardware genes are drawn again, a few times, while they break a limit whatever the training gives.

- `grid`: accelerators by genes and by name; `sizes`: whether they can hold networks at all.
- `genes`: the second chromosome.
- `pricing`: figures of a network on accelerators; which are worth a point.
- `problem`: the problem.
- `tasks`: whether other machines and later sessions have the same data, and accelerators.
"""

from evoapproxnas.problems.cosearch.problem import OnHardware

__all__ = ["OnHardware"]
