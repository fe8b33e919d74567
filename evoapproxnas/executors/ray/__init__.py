"""Evaluation on the machines of a Ray cluster, or by a Ray that is started here meanwhile.

    campaign ──pipe──> gateway ──Ray──> hosts ──pipe──> workers
    executor           crew             host            executors.processes

executor  the campaign's end; imports no Ray
gateway   the process that speaks to Ray: what ends Ray's library (it ends its process where a
          head node is gone) or makes it talk ends no campaign and disturbs no terminal;
          `process`: its first steps, `terms`: what it is told
crew      the hosts as the gateway sees them: who works on what, what was lost with a host
host      a Ray actor of which there is one for each worker: it has one local worker process, so
          that limits, recycled workers and what is done again are those of `executors.processes`
versions  what a node must agree on with the campaign before it gets work

Machines share no files: tasks and results are JSON, weights go along as bytes, and only the
campaign writes. Before a node gets work its Python, package, TensorFlow, images and multipliers
are compared with the campaign's. Time and memory limits are each worker's. What is lost with a
worker or a node is done again once; without its head node a campaign ends, and `resume` goes on.
On one machine local processes are lighter: Ray's own take half a gigabyte. A cluster with tokens
is reached with Ray's `RAY_AUTH_MODE` and `RAY_AUTH_TOKEN`. `examples.ray_cluster` uses all this.
"""

from evoapproxnas.executors.ray.executor import RayExecutor

__all__ = ["RayExecutor"]
