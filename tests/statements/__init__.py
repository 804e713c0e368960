"""Tests of checker.statements."""
