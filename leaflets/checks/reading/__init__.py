"""A monograph made ready for the rules: tokens, passages, what each audience reads, and counts of words and amounts."""
