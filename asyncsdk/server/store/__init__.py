"""Keeps the platform's rows: one set of statements, a thin driver per database."""
