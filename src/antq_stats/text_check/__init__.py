"""A report's prose checked against the aggregate: every number in it is looked up."""
