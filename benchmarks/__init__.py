"""Speed, measured side by side in one run: each figure is a ratio to something everybody knows.

`python -m benchmarks` (or `make bench`) prints a table; nothing here is a test.
"""
