"""MANY sheets: a list is planned, each distinct leaflet made once, every copy labelled, numbered and accounted for."""

WORKER_PRELOAD = ("leaflets.batch.preload",)
"""The modules that the server of worker processes imports once, so that no worker has to."""
