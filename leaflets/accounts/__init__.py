"""What becomes of the copies of a run once written: recorded, scanned, reconciled; their files deleted in time."""
