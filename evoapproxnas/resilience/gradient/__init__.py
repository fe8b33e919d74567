"""Assignments by gradient: how much noise each layer takes, learned and matched with circuits.

`curves` says what an error is worth in energy, `noisy_network` what noise does to what a network
says, `learning` learns the noise of all layers while the price of energy rises, and
`proposer` offers what circuits come closest to it for verification.

Source: E. Trommer, B. Waschneck, A. Kumar, "Combining gradients and probabilities for
heterogeneous approximation of neural networks" (AGN), ICCAD 2022, arXiv 2208.07265: the output of
each layer gets normal noise, its scale is learned by backpropagation of

    loss of the task + lambda x sum over layers of (share of the energy x what noise is worth)

and each layer then takes the cheapest circuit whose predicted error is no larger. Four things are
different here. Weights stay as they are, since assignments are verified without training; so the
task is to go on saying what the network says without noise (its own answers are the labels), whose
gradient is far less noisy where noise is small. What noise is worth is not its scale but the
energy of the circuits there are, as a convex curve. Errors count as much as one circuit, emulated
in each layer alone, changes the scores more than noise of its size does. And lambda rises in small
steps, so that one training gives a front.
"""
