"""Tests of checker.rehearsal."""
