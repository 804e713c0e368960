"""Tests of checker.grading."""
