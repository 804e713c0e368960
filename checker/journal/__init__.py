"""Remembering: what happened, what was answered and what was decided, in one SQLite file.

`store` is the file, `history` reads the lives of containers and images out of its events.
"""
