"""Testing the checks: every solution, alternative and mistake is played on a real engine.

`stage` is an engine of its own that is emptied between plays, `player` types the steps, and
`rehearsing` compares what was decided with what the author expects.
"""
