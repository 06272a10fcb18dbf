"""What the sources say: the texts of an expression, and each error with its next step.

Read from the syntax tree, so that a sentence is found whether or not a test raises it. A value
that is only known at work stands as `VALUE`.
"""

import ast
import importlib
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from restyle import errors
from restyle.page.chinese import chinese
from restyle.page.texts import TEXTS

ROOT = Path(__file__).parents[2] / "restyle"
VALUE = "…"
# What holds an error's words until it is made, and of which kind that is.
CARRIERS = {"_Sign": "ClipUnreadable"}


@dataclass(frozen=True)
class Text:
    """A sentence in both languages."""

    english: str
    chinese: str


@dataclass(frozen=True)
class Problem:
    """An error as a person meets it: its code, what happened, and what next."""

    code: str
    happened: Text
    what_next: Text


@dataclass(frozen=True)
class Source:
    """A module of the sources: its text as a tree, and what its names stand for."""

    name: str
    module: ModuleType
    tree: ast.Module

    def texts(self, node: ast.AST, given: Mapping[str, ast.AST] | None = None) -> list[Text]:
        """What an expression can say; `given` has what a function's parameters stand for."""
        given = given or {}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [_text(node.value)]
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, given)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _pairs(self.texts(node.left, given), self.texts(node.right, given))
        if isinstance(node, ast.IfExp):
            return [*self.texts(node.body, given), *self.texts(node.orelse, given)]
        if isinstance(node, ast.Name) and node.id in given:
            return self.texts(given[node.id])
        if isinstance(node, ast.Name) and isinstance(getattr(self.module, node.id, None), str):
            return [_text(getattr(self.module, node.id))]
        if isinstance(node, ast.Call) and _name(node) == "say":  # of the page's own texts
            return [Text(*map(_unfilled, TEXTS[ast.literal_eval(node.args[0])]))]
        if isinstance(node, ast.Call) and _name(node) == "strip":
            return self.texts(node.func.value, given)  # type: ignore[attr-defined]  # a method
        return []

    def _joined(self, node: ast.JoinedStr, given: Mapping[str, ast.AST]) -> list[Text]:
        found = [Text("", "")]
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                said = self.texts(part.value, given) or [Text(VALUE, VALUE)]
            else:
                said = [Text(str(getattr(part, "value", "")), "")]
            found = _pairs(found, said)
        return found


def _unfilled(template: str) -> str:
    """A text of the page, its blanks as values that are only known at work."""
    return "".join(
        said + (VALUE if blank is not None else "")
        for said, blank, _, _ in string.Formatter().parse(template)
    )


def _text(english: str) -> Text:
    """With its Chinese; the value that another place says first stays one."""
    first = f"{VALUE} "
    if english.startswith(first) and english[len(first) :][:1].isupper():
        return Text(english, first + chinese(english[len(first) :]))
    return Text(english, chinese(english))


def _pairs(before: list[Text], after: list[Text]) -> list[Text]:
    return [_text(one.english + other.english) for one in before for other in after]


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def sources(*rooms: str) -> Iterator[Source]:
    """The modules of these rooms (folders) and files of `restyle`."""
    for room in rooms:
        place = ROOT / room
        for path in [place] if place.suffix else sorted(place.rglob("*.py")):
            name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield Source(str(path.relative_to(ROOT.parent)), importlib.import_module(name), tree)


def problems(source: Source) -> Iterator[Problem]:
    """Each error that a module makes in words of its own.

    Where a function makes it of what it is given, once for each call of that function.
    """
    calls = [call for call in ast.walk(source.tree) if isinstance(call, ast.Call)]
    makers = {
        id(call): function
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef) and function.name.startswith("_")
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    }
    for call in calls:
        if _name(call) in CARRIERS:
            happened, what_next = (source.texts(text)[0] for text in call.args[-2:])
            yield Problem(CARRIERS[_name(call)], happened, what_next)
        kind = getattr(source.module, _name(call), None)
        if isinstance(kind, type) and issubclass(kind, errors.RestyleError):
            maker = makers.get(id(call))
            uses = [use for use in calls if maker and _name(use) == maker.name]
            for given in [_given(maker, use) for use in uses if maker] or [{}]:
                yield from _made(source, call, kind, given)


def _given(function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.AST]:
    names = [argument.arg for argument in function.args.args]
    given: dict[str, ast.AST] = dict(zip(names, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _made(
    source: Source, call: ast.Call, kind: type[errors.RestyleError], given: Mapping[str, ast.AST]
) -> Iterator[Problem]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    codes = source.texts(named["code"], given) if "code" in named else []
    code = next((text.english for text in codes if text.english), kind.__name__)
    nexts = source.texts(named["what_next"], given) if "what_next" in named else [Text("", "")]
    for happened in source.texts(call.args[0], given) if call.args else []:
        for what_next in nexts or [Text(VALUE, VALUE)]:
            yield Problem(code, happened, what_next)
