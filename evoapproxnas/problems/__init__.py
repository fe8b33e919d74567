"""What can be searched. `cnn`: networks of the search space, with their multipliers."""
