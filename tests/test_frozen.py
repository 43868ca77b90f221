"""`ankigen.frozen.dataclass` keeps what `dataclasses.dataclass` promises: both are asked the same."""

import copy
import dataclasses
import inspect
import math
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from ankigen import frozen
from ankigen.diagnostics import Diagnostic, Rule, Severity
from ankigen.records import EMPTY, Record, RichText
from ankigen.source import Source, Span
from test_house import MODULES


@cache
def values_of_the_house() -> list[Any]:
    """All its frozen classes."""
    modules = [import_module(name) for name in MODULES if name != "ankigen.__main__"]
    found: list[Any] = [value for module in modules for value in vars(module).values() if is_value(value, module)]
    assert len(found) > 100
    return found


def is_value(cls: Any, module: ModuleType) -> Any:
    if not isinstance(cls, type) or not hasattr(cls, "__dataclass_params__"):
        return False
    return cls.__module__ == module.__name__ and cls.__dataclass_params__.frozen and not cls.__dictoffset__


def filled_values() -> list[Any]:
    """One of each class that takes anything."""
    return [filled(cls) for cls in values_of_the_house() if not hasattr(cls, "__post_init__")]


def as_python_has_it(cls: Any) -> Any:
    """The same fields in a class of `dataclasses`."""
    named = [(each.name, each.type, again(each)) for each in dataclasses.fields(cls)]
    made: Any = dataclasses.make_dataclass(cls.__name__, named, frozen=True, slots=True)
    made.__qualname__ = cls.__qualname__
    return made


def again(given: Any) -> Any:
    default = given.default_factory if given.default_factory is not dataclasses.MISSING else given.default
    key = "default_factory" if given.default_factory is not dataclasses.MISSING else "default"
    options: dict[str, Any] = {key: default}
    return field(**options, init=given.init, repr=given.repr, compare=given.compare, hash=given.hash)


def filled(cls: Any) -> Any:
    return cls(*[f"value of {name}" for name in cls.__match_args__])


def test_each_class_is_called_as_it_would_be() -> None:
    for cls in values_of_the_house():
        other = as_python_has_it(cls)
        expected, signature = inspect.signature(other), inspect.signature(cls)
        assert list(signature.parameters) == list(expected.parameters)
        for name, parameter in signature.parameters.items():
            wanted = expected.parameters[name]
            assert (parameter.kind, parameter.annotation) == (wanted.kind, wanted.annotation)
            assert parameter.default == wanted.default or repr(wanted.default) == "<factory>"
        assert cls.__match_args__ == other.__match_args__


def test_each_value_is_what_it_would_be() -> None:
    for value in filled_values():
        cls = type(value)
        other = filled(as_python_has_it(cls))
        assert repr(value) == repr(other)
        assert value == filled(cls) != other
        assert hash(value) == hash(filled(cls))
        assert cls(**{name: f"value of {name}" for name in cls.__match_args__}) == value
        assert dataclasses.asdict(value) == dataclasses.asdict(other)
        assert cls.__doc__


def test_each_value_is_copied_and_pickled() -> None:
    for value in filled_values():
        pickled = [pickle.loads(pickle.dumps(value, protocol)) for protocol in (2, 5)]  # noqa: S301 - of this process
        for found in (*pickled, copy.copy(value), copy.deepcopy(value), dataclasses.replace(value)):
            assert found == value
            assert type(found) is type(value)


def test_no_value_changes() -> None:
    for value in filled_values():
        for name in type(value).__match_args__:
            is_compared = type(value).__dataclass_fields__[name].compare
            assert (dataclasses.replace(value, **{name: "another"}) != value) == is_compared
            with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
                setattr(value, name, "another")
            with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
                delattr(value, name)
        with pytest.raises(FrozenInstanceError):
            value.unheard_of = 1
        assert not hasattr(value, "__dict__")


def test_wrong_calls_are_refused_in_the_same_words() -> None:
    for value in filled_values():
        cls = type(value)
        names = cls.__match_args__
        many = ["value"] * (len(names) + 1)
        for positional, named in (([], {}), (many, {}), (many[1:], {"unheard_of": 1}), (many[1:], {names[0]: 1})):
            assert refusal(cls, positional, named) == refusal(as_python_has_it(cls), positional, named)


def refusal(called: Any, positional: list[str], named: dict[str, Any]) -> str:
    try:
        return repr(called(*positional, **named))
    except TypeError as error:
        return str(error)


RECORD = Record(RichText("*a*", "<em>a</em>"), EMPTY, "a.md", 1, 2, Span(0, 5), tags=("t",))
DIAGNOSTIC = Diagnostic(Rule.PROSE, "a.md", 1, 1, "message", "hint")


def doubled(value: Any) -> tuple[Any, Any]:
    return value, value


def test_values_go_to_other_processes_and_come_back() -> None:
    given = (RECORD, DIAGNOSTIC, Source("a.md", "a\r\nb"), frozenset({RECORD}))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(doubled, given).result() == (given, given)


def test_what_is_worked_out_in_the_end_is_worked_out() -> None:
    assert DIAGNOSTIC.severity is Severity.INFO
    assert Source("a.md", "a\r\nb").line(2) == "b"
    with pytest.raises(ValueError, match="not a range"):
        Span(3, 2)
    found: Source = pickle.loads(pickle.dumps(Source("a.md", "a\nb")))  # noqa: S301 - of this very process
    assert found.line(2) == "b"


Decorator = Callable[..., Any]
BOTH = pytest.mark.parametrize("dataclass", [dataclasses.dataclass, frozen.dataclass], ids=["python", "ankigen"])


@BOTH
def test_fields_with_options(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True)
    class Value:
        a: int
        b: list[int] = field(default_factory=list)
        c: int = field(default=3, repr=False, compare=False)
        d: int = field(default=4, hash=False)
        e: int = field(default=5, init=False)
        f: list[int] = field(default_factory=list, init=False, compare=False)

    assert repr(Value(1)).endswith("Value(a=1, b=[], d=4, e=5, f=[])")
    assert Value(1).b is not Value(1).b
    assert Value(1).f is not Value(1).f
    assert Value(1, c=7) == Value(1)
    assert Value(1, d=7) != Value(1)
    made: Any = Value
    assert hash(made(1, (), d=7)) == hash(made(1, (), 2)) == hash((1, (), 5))
    with pytest.raises(TypeError):
        made(1, e=3)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Value(1))


@BOTH
def test_order(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True, order=True)
    class Value:
        a: float
        b: int = field(default=0, compare=False)

    assert sorted([Value(2), Value(1, 3)]) == [Value(1), Value(2)]
    assert Value(1) <= Value(1, 2)
    assert Value(2) > Value(1)
    assert Value(2) >= Value(2)
    assert Value(math.nan) != Value(2)
    with pytest.raises(TypeError, match="not supported between"):
        sorted([Value(1), 1])  # type: ignore[type-var]


@BOTH
def test_what_a_class_writes_itself_stays(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True)
    class Value:  # noqa: PLW1641 - which the decorator gives it
        a: int

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "mine"

    @dataclass(frozen=True, slots=True)
    class Hashed:
        a: int

        def __hash__(self) -> int:
            return 7

    assert Value(1) == Value(2)
    assert repr(Value(1)) == "mine"
    assert hash(Value(1)) == hash((1,))
    assert hash(Hashed(1)) == 7
    assert Hashed(1) != Hashed(2)


@BOTH
def test_a_class_without_fields(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True)
    class Value:
        pass

    assert Value() == Value()
    assert repr(Value()).endswith("Value()")
    assert hash(Value()) == hash(())


@BOTH
def test_classes_below_a_value(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True)
    class Value:
        a: int
        b: int = 2

    @dataclass(frozen=True, slots=True)
    class More(Value):
        c: int = 3

    class Loose(Value):
        def __init__(self, a: int) -> None:
            super().__init__(a, 5)

    class Tight(Value):
        __slots__ = ()

    assert More(1) == More(1, 2, 3) != Value(1)
    assert repr(More(1)).endswith("More(a=1, b=2, c=3)")
    assert (Loose(1).a, Loose(1).b, type(Loose(1))) == (1, 5, Loose)
    assert (Tight(1).a, Tight(1).b, type(Tight(1))) == (1, 2, Tight)
    assert copy.copy(More(1, c=7)).c == 7
    values: list[Any] = [More(1), Tight(1)]
    for value in values:
        with pytest.raises(FrozenInstanceError):
            value.a = 3
    assert Tight(1) != Value(1)


@BOTH
def test_a_value_within_itself_is_shown(dataclass: Decorator) -> None:
    @dataclass(frozen=True, slots=True)
    class Value:
        inner: list[Any]

    value = Value([])
    value.inner.append(value)
    assert repr(value).endswith("Value(inner=[...])")


@BOTH
def test_what_is_not_frozen(dataclass: Decorator) -> None:
    @dataclass(slots=True)
    class Open:
        a: int
        b: list[int] = field(default_factory=list)

    value: Any = Open(1)
    value.a = 2
    value.b.append(3)
    assert value == Open(2, [3]) != Open(2)
    assert repr(value).endswith("Open(a=2, b=[3])")
    assert copy.deepcopy(value) == value
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)
    with pytest.raises(AttributeError):
        value.unheard_of = 1
