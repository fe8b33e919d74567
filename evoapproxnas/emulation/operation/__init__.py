"""The quantized operation behind every layer, as functions on tensors.

`quantization` says how numbers become codes, `convolution` multiplies them by a table and has a
gradient (`backward`, `table_gradient`), `running` calls the kernel (`host_memory`: without
copies), `accumulator` knows how many products fit into int32 and `wide_sums` splits those that do
not; `weight_tuning` chooses other codes for a multiplier.
"""
