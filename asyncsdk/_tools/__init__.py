"""Tools that write parts of the package."""
