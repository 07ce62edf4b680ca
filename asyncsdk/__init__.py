"""Async-first SDK for versioned computer-vision datasets."""
