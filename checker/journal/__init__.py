"""Remembering: what happened, what was answered and what was decided, in one SQLite file.

`file` keeps it safe, `store` is what is in it, and `history` reads the lives of containers and
images out of its events.
"""
