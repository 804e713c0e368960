"""Deciding: runs checks against one view of the engine and makes verdicts with evidence."""
