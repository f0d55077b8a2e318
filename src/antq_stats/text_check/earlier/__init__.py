"""What a text says of earlier periods: the years that it names, and areas that are no unit of the report."""
