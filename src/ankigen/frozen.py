"""`dataclass`, sooner made and sooner filled: builds fill values by the hundred thousand, and most classes never.

It keeps what `dataclasses.dataclass` promises, and type checkers are told that it is that very decorator. What differs:
no code is compiled for a class before it is first called. And a frozen value is filled while its class is another one
that has the same slots and lets them be set: `object.__setattr__`, a value's only other way, takes ten times as long.
"""

import dataclasses
import operator
from collections.abc import Callable, Iterable
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import cache
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False) -> Callable[[type], type]:
        """Like `dataclasses.dataclass`, which it leaves classes to that have bases or no slots."""

        def decorate(cls: type) -> type:
            if cls.__bases__ == (object,) and slots:
                return _made(cls, frozen, order)
            return dataclasses.dataclass(frozen=frozen, slots=slots, order=order)(cls)

        return decorate


__all__ = ["dataclass"]

_set_class = object.__dict__["__class__"].__set__


def _made(cls: Any, frozen: bool, order: bool) -> Any:
    described = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)  # which compiles nothing
    described.__dataclass_params__.frozen = frozen
    slots = tuple(field.name for field in fields(cls))
    left_out = {*slots, "__dict__", "__weakref__"}
    body = {name: value for name, value in vars(cls).items() if name not in left_out}
    if body.get("__hash__") is None:  # as it is, too, where a class writes its own __eq__
        body["__hash__"] = _hash(cls) if frozen else None
    body = _methods(cls, frozen, order) | body
    if not frozen:
        return type(cls)(cls.__name__, (), body | {"__slots__": slots})
    unfrozen = type(f"_Unfrozen{cls.__name__}", (), {"__slots__": slots, "__module__": cls.__module__})
    return type(cls)(cls.__name__, (unfrozen,), body | {"__slots__": ()})


def _methods(cls: Any, frozen: bool, order: bool) -> dict[str, Any]:
    """The methods that a class has if it does not write them."""
    compared = _values(field.name for field in fields(cls) if field.compare)
    comparisons = ("eq", "lt", "le", "gt", "ge") if order else ("eq",)
    methods: dict[str, Any] = {f"__{name}__": _comparison(getattr(operator, name), compared) for name in comparisons}
    methods |= {"__init__": _LaterInit(), "__repr__": _repr}
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    return methods


def _values(names: Iterable[str]) -> Callable[[object], tuple[Any, ...]]:
    """What gives the values of several attributes."""
    match tuple(names):
        case ():
            return lambda value: ()
        case (name,):
            return lambda value: (getattr(value, name),)
        case names:
            return operator.attrgetter(*names)


def _comparison(compare: Callable[[Any, Any], bool], values: Callable[[object], tuple[Any, ...]]) -> Callable[..., Any]:
    def method(self: object, other: object) -> Any:
        return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

    return method


def _hash(cls: Any) -> Callable[[object], int]:
    hashed = _values(field.name for field in fields(cls) if (field.compare if field.hash is None else field.hash))
    return lambda self: hash(hashed(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _names(self.__class__)]


def _restore(self: Any, state: Iterable[Any]) -> None:
    _fill(self, zip(_names(self.__class__), state, strict=True))


def _fill(self: object, values: Iterable[tuple[str, Any]]) -> None:
    for name, value in values:
        object.__setattr__(self, name, value)


class _LaterInit:
    """Stands for the ``__init__`` of a class until that is asked for."""

    def __set_name__(self, owner: Any, name: str) -> None:
        self._owner = owner

    def __get__(self, value: object, owner: type) -> Any:
        init = self._owner.__init__ = _init(self._owner)
        return init.__get__(value, owner)


def _init(cls: Any) -> Any:
    """The ``__init__`` of a class, compiled."""
    scope: dict[str, Any] = {"__name__": cls.__module__, "_cls": cls, "_unfrozen": cls.__base__, "_MISSING": MISSING}
    scope |= {"_set_class": _set_class, "_fill": _fill}
    parameters, values = ["self"], {}
    for field in fields(cls):
        name, default = field.name, f"_default_{field.name}"
        is_made = field.default_factory is not MISSING
        scope[default] = field.default_factory if is_made else field.default
        if field.init:
            shown = name if scope[default] is MISSING else f"{name}={'_MISSING' if is_made else default}"
            parameters.append(shown)
            values[name] = f"{default}() if {name} is _MISSING else {name}" if is_made else name
        elif scope[default] is not MISSING:
            values[name] = f"{default}()" if is_made else default
    lines = [f"self.{name} = {value}" for name, value in values.items()]
    if cls.__dataclass_params__.frozen:
        into = ", ".join(f"({name!r}, {value})" for name, value in values.items())
        lines = ["_set_class(self, _unfrozen)", *lines, "self.__class__ = _cls"]
        lines = ["if self.__class__ is _cls:", *(f"  {line}" for line in lines), "else:", f"  _fill(self, [{into}])"]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "".join(f"  {line}\n" for line in lines or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n{body}", scope)  # noqa: S102 - of names that stand in the class
    init = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in fields(cls) if field.init} | {"return": None}
    return init
