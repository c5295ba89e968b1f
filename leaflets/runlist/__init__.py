"""A list in any form a pharmacy system writes it: read into rows, and each row into a request for copies."""
