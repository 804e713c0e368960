"""Seeing: one engine, read with GET and HEAD only.

`address` says where it is, `transport` reaches it, `reader` asks it, `objects` and `references`
give its answers names, `events` its past, and `view` is one consistent picture for one grading run.
"""
