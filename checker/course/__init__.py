"""Asking: the course, its lessons and exercises, and how an author writes a check.

An author needs one name from here::

    from checker.course import exercise

    @exercise("demo2", points=2)
    def demo2(engine):
        box = engine.container("demo2")
        box.is_running()
        box.comes_from("ubuntu")
"""

from checker.course.declaring import exercise, question, sorting

__all__ = ["exercise", "question", "sorting"]
