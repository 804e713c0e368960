"""Tests of checker.journal."""
