"""Check of a report: every number of its prose and tables is compared with the published figures."""
