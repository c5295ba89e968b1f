"""The accounts of every run: what was planned, made, printed and spoiled, and the history that vouches for it."""
