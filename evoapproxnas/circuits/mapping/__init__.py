"""Map somebody else's circuit to the cells of this package, whatever gates it was written in.

    sweep      nets of one function become one net: exhaustive simulation tells
    adders     half and full adders, found by what two nets compute from the same two or three
    xors       sums modulo 2 whose terms cancel
    rewriting  the cheapest gates of two inputs for a function of up to three nets

Power is that of the cells, so one multiplier written with adder cells, with majority gates or with
NAND gates alone has to become nearly the same cells before it has a price. Each change is one that
saves switching energy. `simplify` and `adders.extract_adders` do less, and the recipes of evolved
circuits depend on what they do: those stay as they are.

Sources: adders by cuts as in ABC (A. Mishchenko, `&fadds`); rewriting after A. Mishchenko,
S. Chatterjee, R. Brayton, "DAG-aware AIG rewriting", DAC 2006.
"""

from evoapproxnas.circuits.mapping.mapped import mapped

__all__ = ["mapped"]
