"""Runs Python code under exact memory counters and reports what stays in memory."""

__version__ = "0.1.0"
