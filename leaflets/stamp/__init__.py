"""A finished leaflet's PDF → the compiled leaflet that all its copies share; done once for each distinct leaflet."""

from leaflets.stamp.compile import compile_leaflet

__all__ = ["compile_leaflet"]
