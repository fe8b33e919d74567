"""Runnable examples, to read and to copy from; each is a module that runs by itself.

    own_multiplier         a multiplier from a Python function, a table and Verilog
    keras_application      approximate a published architecture of Keras
    layerwise_assignment   which layer takes which multiplier
    new_node_kind          a kind of node of one's own, searched
    new_objective          an objective of one's own, searched
    ray_cluster            a search on a Ray cluster

    notebooks/bring_your_own_multiplier, notebooks/which_layer_takes_which_circuit,
    notebooks/a_search_and_its_report

Examples run with `python -m` and their full name, such as evoapproxnas.examples.own_multiplier.
Notebooks are Python files with cells that begin with `# %%` (Jupytext's percent format): Visual
Studio Code, PyCharm and Spyder run them cell by cell, JupyterLab does with Jupytext installed, and
`jupytext --to ipynb FILE.py` makes a notebook of one. A cell that is tagged `parameters` says how
large all of it is. A test executes every one of these files with small values.
"""
