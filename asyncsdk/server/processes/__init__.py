"""Programs in processes of their own: which ones there are, how they are started, followed and ended."""
