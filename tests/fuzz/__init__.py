"""Inputs that nobody would write: samples, damaged at random, through every importer.

`python -m tests.fuzz` (`make fuzz`) takes minutes; `test_fuzz.py` takes seconds of it.
"""
