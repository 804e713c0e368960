"""Claiming: reusable statements about the engine's state that explain themselves.

A check talks to `engine.Engine`; what it gets back (a container, an image, a past, an answer)
has one method per statement. `findings` collects what each statement saw.
"""
