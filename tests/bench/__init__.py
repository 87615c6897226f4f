"""Benchmarks: each prints a table with its controls in the same run. None is part of the tests."""
