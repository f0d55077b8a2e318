"""The sheets of several periods beside each other: the figures, and what moved them."""
