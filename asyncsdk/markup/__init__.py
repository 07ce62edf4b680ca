"""HTML for notebooks, as pure functions of values: no script, no external resource, every text escaped."""
