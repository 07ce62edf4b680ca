"""The async objects that people use, and beside them one module per job that a method names."""
