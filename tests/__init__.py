"""The tests mirror the package; see conftest.py for what they share."""
