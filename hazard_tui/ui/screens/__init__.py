"""Screens of the console: they compose widgets and route messages."""
