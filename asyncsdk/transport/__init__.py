"""Adapters that move bytes: the API over aiohttp, presigned transfers, adaptive limits."""
