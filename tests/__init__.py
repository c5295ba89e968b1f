"""The tests of leaflet, one file a module."""
