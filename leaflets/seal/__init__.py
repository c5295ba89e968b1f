"""The seal and the record of a finished PDF: written by typesetting and print files, read by provenance."""
