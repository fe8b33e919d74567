"""From somebody's Keras model to the same network with approximate layers.

`convert` is the conversion in one call, `models` copies a model's graph of calls, `replacement`
makes the layers that take the others' places, `state` is what one conversion has done so far.
`counterparts` says which layers there are for which, `assignment` which multiplier each gets,
`copying` copies what stays, `folding` and `transfer` say what becomes of the weights,
`compilation` of losses and metrics, `report` what was done; `interchange` exchanges the
multipliers of a converted model without tracing it again, `operating_points` gives it several
assignments at once.
"""
