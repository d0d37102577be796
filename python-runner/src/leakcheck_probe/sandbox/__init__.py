"""Walls around a worker: another user, no network, no capabilities, its own view of processes and files (Linux).

`client` is the side of the supervisor, `launcher` a small process that has the rights to build the walls, `cell` one
walled-off worker. The launcher is never in reach of the target.
"""
