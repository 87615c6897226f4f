"""Widgets of the console: each owns its state and posts what a person did."""
