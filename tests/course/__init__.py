"""Tests of checker.course."""
