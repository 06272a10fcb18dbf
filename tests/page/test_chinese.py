"""Every sentence that a visitor may meet is there in Chinese: the sources are looked through."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from restyle import errors
from restyle.cloud.refusals import MEANINGS, meaning, words_for_failure
from restyle.page.chinese import chinese
from restyle.page.texts import TEXTS

ROOT = Path(__file__).parents[2] / "restyle"
ROOMS = ("clips", "cloud", "fetching", "fitting", "footage", "hosting", "jobs", "page")
FILES = ("limits.py", "pricing.py", "styles.py")
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
SPEAKING = {*ERRORS, "GaveUp", "Unclear", "Meaning", "_Sign", "note", "_failed", "_gone", "_unfit"}
SPEAKING |= {"PartFailed", "_bad", "_unclear", "_check"}
SPEAKING_FUNCTIONS = {"_why", "_name", "_several", "_side_fix", "_duration_fix"}
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z']{2,} [a-z']{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
VALUE = "7"


def _said(node: ast.AST, module: Any) -> Iterator[str]:
    """The texts of an expression: constants, f-strings with values, names of constants."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            next(_said(part.value, module), VALUE)
            if isinstance(part, ast.FormattedValue)
            else str(getattr(part, "value", ""))
            for part in node.values
        )
    elif isinstance(node, ast.Name):
        value = getattr(module, node.id, None)
        if isinstance(value, str):
            yield value
    elif isinstance(node, ast.IfExp):
        yield from _said(node.body, module)
        yield from _said(node.orelse, module)


def _sentences() -> Iterator[Any]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    for path in [*paths, *(ROOT / name for name in FILES)]:
        inside = path.relative_to(ROOT.parent)
        module = importlib.import_module(".".join(inside.with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            texts: list[str] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                spoken = [*node.args, *(k.value for k in node.keywords if k.arg == "what_next")]
                if name == "_Sign":  # its first text is looked for in a log, not said
                    spoken = spoken[1:]
                if name in SPEAKING:
                    texts = [text for argument in spoken for text in _said(argument, module)]
            elif isinstance(node, ast.FunctionDef) and (
                node.name in SPEAKING_FUNCTIONS or path == ROOT / "fitting" / "words.py"
            ):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and inner.value is not None:
                        texts += _said(inner.value, module)
            for whole in texts:
                text = re.sub(f"^{VALUE} (?=[A-Z])", "", whole)  # a sentence of another place
                if ENGLISH.search(text) or (" " in text and text[0].isupper()):
                    yield pytest.param(text, id=f"{inside}:{node.lineno}")


@pytest.mark.parametrize("text", list(_sentences()))
def test_a_sentence_of_the_sources_has_its_chinese(text: str) -> None:
    translated = chinese(text)
    assert CHINESE.search(translated), f"chinese.tsv lacks: {text}"
    assert not ENGLISH.search(translated), f"chinese.tsv lacks a part of: {text} ({translated})"


@pytest.mark.parametrize("code", [*MEANINGS, "Unheard.Of"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 408, 413, 429, 500, 503])
def test_each_code_of_the_cloud_is_told_in_both_languages_with_the_next_step(
    code: str, status: int
) -> None:
    kind, happened, what_next = meaning(code, "", status)
    assert issubclass(kind, errors.CloudError)
    for english in (happened, what_next):
        assert english.endswith(".")
        assert CHINESE.search(chinese(english))
        assert not ENGLISH.search(chinese(english)), chinese(english)
    failed, next_step = words_for_failure(code, "")
    for english in (f"{failed} A failed task is not billed.", next_step):
        assert not ENGLISH.search(chinese(english)), chinese(english)


def test_the_services_own_words_stay_as_they_are() -> None:
    told = "The service did not accept a parameter. It says: “Bad style here now. Really.”"
    assert chinese(told) == "服务不接受某个参数。服务原话：“Bad style here now. Really.”"
    assert chinese("Something that nobody translated.") == "Something that nobody translated."


def test_values_are_translated_where_they_are_words() -> None:
    text = "dashscope.example cannot be reached: it refused the connection. Nothing was sent."
    assert chinese(text) == "无法连接 dashscope.example：对方拒绝连接。没有发送任何内容。"
    assert chinese("800×600 → 640×360, cropped above and below; or pad") == (
        "800×600 → 640×360，裁掉上下；也可加黑边"
    )


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_each_text_of_the_page_has_both_languages_and_the_same_values(key: str) -> None:
    english, translated = TEXTS[key]
    assert english
    assert translated
    places = re.compile(r"\{(\w+)\}")
    assert set(places.findall(english)) == set(places.findall(translated))
