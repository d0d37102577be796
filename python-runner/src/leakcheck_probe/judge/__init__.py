"""Decides from readings what a target does with memory. Pure: nothing here reads a counter or a clock."""
