"""Faces for other programs: the long table with its data package, SDMX-CSV, the ESS validation report.

Figures that may not be published are never in them: all figures come from a `Publication`.
"""
