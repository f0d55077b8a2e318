"""Proof of disclosure control: what a reader of all tables can work out of the figures that are withheld."""
