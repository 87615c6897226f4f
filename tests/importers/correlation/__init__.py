"""Correlation measured on small applications that run for real."""
