"""The platform's rules, as units of work that run in one transaction each."""
