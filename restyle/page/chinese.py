"""Errors, limits, plans and notes in Chinese: the rooms below the page speak English only.

`chinese.tsv` has every sentence, with {0}, {1} … where it carries a value; a test looks through
the sources for sentences that it lacks.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from restyle.page.texts import Language

TABLE = Path(__file__).with_name("chinese.tsv")
_PLACE = re.compile(r"\{(\d)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?”:)]) +")


class _Sentence(NamedTuple):
    english: re.Pattern[str]
    chinese: str
    weight: int


def in_language(text: str, lang: Language) -> str:
    """The text in the visitor's language; what nobody has translated stays as it is."""
    return chinese(text) if lang == "zh" else text


@lru_cache(maxsize=1024)
def chinese(text: str) -> str:
    """The text in Chinese, sentence by sentence.

    What is unknown, such as the service's own words, stays as it is.
    """
    if (whole := _whole(text)) is not None:
        return whole
    pieces = _SENTENCE_END.split(text)
    for count in range(len(pieces) - 1, 0, -1):
        end = text.find(pieces[count], len(" ".join(pieces[:count])))
        if (begin := _whole(text[:end].rstrip())) is not None:
            return begin + chinese(text[end:])
    if len(pieces) > 1:
        rest = text[len(pieces[0]) :].lstrip()
        return f"{pieces[0]} {chinese(rest)}"
    return text


def _whole(text: str) -> str | None:
    for sentence in _sentences():
        if found := sentence.english.fullmatch(text):
            return sentence.chinese.format(*(chinese(value) for value in found.groups()))
    return None


@lru_cache(maxsize=1)
def _sentences() -> list[_Sentence]:
    """The table, those with the most words of their own first."""
    sentences = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        english, translated = line.split("\t")
        plain = _PLACE.split(english)[::2]
        weight = sum(map(len, plain))
        # A pattern with hardly a word of its own, as "{0} to {1}", takes short values only.
        value = "(.+?)" if weight > 10 else r"(\S+(?: \S+){0,2}?)"
        pattern = value.join(re.escape(part) for part in plain)
        sentences.append(_Sentence(re.compile(pattern), translated, weight))
    return sorted(sentences, key=lambda sentence: -sentence.weight)
