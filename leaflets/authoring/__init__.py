"""What authors and reviewers do to texts: translations started and sealed, reviews taken and listed."""
