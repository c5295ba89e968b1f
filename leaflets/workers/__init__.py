"""Who renders the leaflets of a run: this process or a pool of others; and how they are asked to stop."""
