"""From data to frozen ranges.

`batches` takes data in the forms that people have it, `observation` watches it pass through the
exact network, `input_statistics` are what it learns of a layer's input, `range_methods` make a
range of them; `operand_histograms` count the codes that multipliers meet.
"""
