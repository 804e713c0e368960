"""Seeing: one engine, read with GET and HEAD only.

`address` says where it is, `transport` reaches it, `reader` asks it, `objects` (containers and
networks), `images` and `references` give its answers names, `packed` takes them apart, `events` is
its past, and `view` is one consistent picture for one grading run.
"""
