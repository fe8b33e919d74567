"""What figures of runs have in common."""

FRONT_COLORS = ("#1b6ca8", "#d1495b", "#3c8d5a", "#8d5a97", "#c98b2b", "#4d4d4d")
"""One for each run, in order."""
