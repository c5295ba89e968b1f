"""What becomes of the copies of a run once they are written: recorded as it happens, scanned, reconciled."""
