"""Runs jobs outside of requests, one step after the other; the store holds the truth."""
