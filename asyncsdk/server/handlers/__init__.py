"""Reads requests into records, calls the services, answers in the protocol's form."""
