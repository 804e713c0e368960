"""Attributes that are worked out when they are first asked for.

Python 3.11's `functools.cached_property` holds one lock for all objects of a class while a value is
worked out. Here that may mean to wait for an engine, and threads that read many engines side by
side would wait for each other, or for ever. Nothing is locked here: every object has one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

_T = TypeVar("_T")


class lazy(Generic[_T]):  # noqa: N801 - a decorator, like `property`
    """A property whose value is kept in the object once it is known."""

    def __init__(self, work_out: Callable[[Any], _T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | _T:
        if instance is None:
            return self
        value = self._work_out(instance)
        vars(instance)[self._name] = value  # found before this descriptor from now on
        return value
