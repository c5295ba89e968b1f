"""The accounts of print runs: copies and their states, the history of every change, the pseudonyms of patients."""
