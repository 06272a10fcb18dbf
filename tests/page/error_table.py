"""Every error that a visitor may meet, in both languages with the next step, as a table to read.

    python tests/page/error_table.py      # writes tests/docs/errors.md

The cloud's codes come from what the page makes of them, ours from the sources.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from page.sentences import VALUE, Problem, Text, problems, sources

from restyle.cloud.refusals import MEANINGS, meaning, words_for_failure
from restyle.page.chinese import chinese
from restyle.page.texts import TEXTS

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/errors.md"
ROOMS = (
    *("clips", "cloud", "fetching", "fitting", "footage", "hosting", "jobs", "page"),
    *("limits.py", "pricing.py", "styles.py"),
)
# Where one code covers several faults, the words of the message decide.
MESSAGES = (
    ("InvalidParameter", "url error, please check url！"),
    ("InvalidParameter", "Model not exist."),
    ("AccessDenied", "current user api does not support synchronous calls"),
)
# What an answer without a code that anybody knows is taken for.
STATUSES = (400, 401, 403, 404, 407, 408, 413, 429, 500, 503)


def of_the_cloud() -> Iterator[Problem]:
    """The cloud's codes, its messages that say more than their code, and statuses without one."""
    for code in MEANINGS:
        yield _told(code, *meaning(code, "", _status(code))[1:])
    for code, message in MESSAGES:
        yield _told(f"{code} “{message}”", *meaning(code, message)[1:])
    for status in STATUSES:
        yield _told(f"HTTP {status}", *meaning("", "", status)[1:])
    happened, what_next = words_for_failure("", "")
    yield _told("FAILED", happened, what_next)


def _status(code: str) -> int:
    """A status that leaves the code its say: meaning() lets a 5xx or 429 overrule others."""
    return {"InternalError": 500, "ModelUnavailable": 503, "ModelServingError": 503}.get(
        code.partition(".")[0], 429 if code.startswith("Throttling") else 400
    )


def _told(code: str, happened: str, what_next: str) -> Problem:
    return Problem(code, Text(happened, chinese(happened)), Text(what_next, chinese(what_next)))


def ours() -> dict[str, list[Problem]]:
    """Each room's own errors, each once."""
    found = {
        room.removesuffix(".py"): list(
            dict.fromkeys(problem for source in sources(room) for problem in problems(source))
        )
        for room in ROOMS
    }
    happened, what_next = TEXTS["unexpected"], TEXTS["unexpected_next"]
    found["page"].append(Problem("Unexpected", Text(*happened), Text(*what_next)))
    return {room: rows for room, rows in found.items() if rows}


def document() -> str:
    """The table as it stands in the docs."""
    lines = [
        "# Every error, in words",
        "",
        f"Made by `python tests/page/error_table.py`. A value stands as {VALUE}. Where the cloud "
        "or the engine says more, its own words follow: It says: “…” Errors of settings, which "
        "keep the app from starting, are on the terminal, in English, and not in this table.",
        "",
        "## The cloud's",
        "",
        "By its code; `HTTP` where it gives none that is known; `FAILED` for a task that failed "
        "without a code.",
        "",
        *_table(of_the_cloud()),
        "",
        "## Ours",
    ]
    for room, rows in ours().items():
        lines += ["", f"### restyle/{room}", "", *_table(rows)]
    return "\n".join([*lines, ""])


def _table(rows: Iterator[Problem] | list[Problem]) -> Iterator[str]:
    yield "| code | what happened | what next | 发生了什么 | 下一步 |"
    yield "| --- | --- | --- | --- | --- |"
    for row in rows:
        texts = (row.happened.english, row.what_next.english)
        translated = (row.happened.chinese, row.what_next.chinese)
        yield f"| {' | '.join(_cell(text) for text in (row.code, *texts, *translated))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the document, and say where."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(DOCUMENT)


if __name__ == "__main__":
    main()
