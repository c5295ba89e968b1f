"""Takes a finished leaflet apart, once, into the form that print files are written from."""

from leaflets.stamp.compile import compile_sheet

__all__ = ["compile_sheet"]
