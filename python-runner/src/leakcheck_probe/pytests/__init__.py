"""Pytest tests as drivers: finds those that reach the flagged lines, and repeats them without a trace of their own.

`search.run(job)` gives the keys of the tests to use; `candidate.chosen(request)` makes them callable again, in another
process or another tree. Nothing here imports pytest before a test file was found that may be of use.
"""
