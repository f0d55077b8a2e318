"""Forms shipped with the package, as data."""
