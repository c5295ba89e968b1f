"""A version of a leaflet called back: the copies of it in all runs, and a notice to each destination that got some."""
