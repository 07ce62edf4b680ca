"""Structured concurrency without HTTP: bounded map, pages, chunks, files, progress."""
