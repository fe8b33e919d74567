"""What the kernels on the host share: processor features, threads, arrays, vectors of lanes."""
