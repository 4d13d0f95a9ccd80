"""A person's decisions on single cells: kept in files under version control, applied on every run."""
