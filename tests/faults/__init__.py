"""Faults: whatever goes wrong while a check reads, nobody's work is called wrong because of it."""
