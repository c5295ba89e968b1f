"""MANY sheets: a list is planned, each distinct leaflet made once, every copy labelled, numbered and accounted for."""
