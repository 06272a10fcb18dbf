"""Every sentence that a visitor may meet is there in Chinese: the sources are looked through."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from page.error_table import ROOMS
from page.sentences import Text, sources

from restyle import errors
from restyle.cloud.refusals import MEANINGS, meaning, words_for_failure
from restyle.page.chinese import chinese
from restyle.page.texts import TEXTS

ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
SPEAKING = {*ERRORS, "GaveUp", "Unclear", "Meaning", "_Sign", "note", "_failed", "_gone", "_unfit"}
SPEAKING |= {"PartFailed", "_bad", "_unclear", "_check"}
SPEAKING_FUNCTIONS = {"_why", "_name", "_several", "_side_fix", "_duration_fix"}
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z']{2,} [a-z']{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _sentences() -> Iterator[Any]:
    for source in sources(*ROOMS):
        for node in ast.walk(source.tree):
            spoken: list[ast.expr] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in SPEAKING:
                    spoken = [*node.args, *(k.value for k in node.keywords if k.arg == "what_next")]
                if name == "_Sign":  # its first text is looked for in a log, not said
                    spoken = spoken[1:]
            elif isinstance(node, ast.FunctionDef) and (
                node.name in SPEAKING_FUNCTIONS or source.name.endswith("fitting/words.py")
            ):
                returned = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return)]
                spoken = [inner.value for inner in returned if inner.value is not None]
            for text in (text for one in spoken for text in source.texts(one)):
                english = text.english
                if ENGLISH.search(english) or (" " in english and english[0].isupper()):
                    yield pytest.param(text, id=f"{source.name}:{node.lineno}")


@pytest.mark.parametrize("text", list(_sentences()))
def test_a_sentence_of_the_sources_has_its_chinese(text: Text) -> None:
    assert CHINESE.search(text.chinese), f"chinese.tsv lacks: {text}"
    assert not ENGLISH.search(text.chinese), f"chinese.tsv lacks a part of: {text}"


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
