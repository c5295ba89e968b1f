"""Two texts of one medicine compared, doses first, and a page that marks what changed."""
