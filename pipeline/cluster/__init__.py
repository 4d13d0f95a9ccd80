"""Papers read by the workers of an existing Dask cluster."""
