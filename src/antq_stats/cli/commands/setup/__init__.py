"""Commands that prepare a year: its folder, units, form and blank returns."""
