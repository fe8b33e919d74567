"""Convolutional networks and the multipliers in them, as something to search.

`population` draws and varies candidates, `tasks` are the work of one of them as plain data, and
`evaluation` does that work in a worker, where alone TensorFlow is imported.
"""
