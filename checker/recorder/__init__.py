"""Following: the engine's events wake the checks that they concern; nobody presses "check".

`concerning` says which exercises an event is about, `recording` grades just those and tells what
changed, `following` reads the event stream through all weather and keeps the two going.
"""
