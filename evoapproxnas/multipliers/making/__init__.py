"""How the bundled library was made, and makes each of its circuits again.

    bundle     constructed circuits from recipes here, evolved ones from recipes.csv
    recipes    one evolution, and the circuits that evolutions begin with
    evolved    steps that lead to an evolved circuit
    ladder     traces fronts: many evolutions, written down as recipes
    selection  chooses circuits of the fronts for the library

Nothing that multiplies, trains or searches needs these; their command line is
`python -m evoapproxnas multipliers bundle`.
"""
