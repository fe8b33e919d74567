"""For a hardware team: a network's layers, multipliers and MACs as Verilog, with a testbench.

folder    writes all of it
layers    the layer map, and the widths of a MAC
circuits  Verilog of multipliers and MACs
vectors   operands and sums of the emulation's NumPy reference, for the testbench
verilog/  what is the same in every export: MAC, accumulator, correction, testbench, run.sh
"""
