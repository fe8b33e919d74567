"""The compiled loops of circuit evolution; every module is imported by its own name.

`search` is the (1 + lambda) loop: `moves` makes a child, `blocks` simulates its gates and
measures its error on a block of operands (`vector_words`: eight words at once), `layer_error` the
error that a layer keeps, `energy` its energy with the transitions that `glitches` counts.
`compiling` says how.
"""
