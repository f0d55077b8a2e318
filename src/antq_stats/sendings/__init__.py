"""A return that was sent again: what changed, what was cured, and what nobody asked for."""
