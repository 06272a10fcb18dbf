"""The table of all errors: what the code says today, whole, and in both languages."""

import re

import pytest
from page.error_table import DOCUMENT, document, of_the_cloud, ours
from page.sentences import VALUE, Problem

from restyle import errors
from restyle.cloud.refusals import meaning

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Every code that the reference's page of errors has for this model.
CODES = (
    "InvalidApiKey",
    "Arrearage",
    *("AccessDenied", "AccessDenied.Unpurchased", "Model.AccessDenied", "Workspace.AccessDenied"),
    "AllocationQuota.FreeTierOnly",
    "ModelNotFound",
    *("InvalidParameter", "InvalidParameter.FileDownload", "InvalidParameter.DataInspection"),
    "BadRequest",
    *("InvalidURL", "InvalidURL.ConnectionRefused", "InvalidURL.Timeout"),
    *("InvalidFile.Resolution", "InvalidFile.Duration", "InvalidFile.FPS", "InvalidFile.Size"),
    *("InvalidFile.AspectRatio", "InvalidFile.Format", "InvalidFile.Openerror"),
    "DataInspectionFailed",
    *("Throttling", "Throttling.RateQuota", "Throttling.BurstRate", "Throttling.AllocationQuota"),
    *("InternalError", "InternalError.Timeout", "InternalError.Algo", "InternalError.Upload"),
    "InternalError.FileUpload",
    *("ModelUnavailable", "ModelServingError"),
    "UnsupportedOperation",
)
ROWS = [("the cloud's", row) for row in of_the_cloud()]
ROWS += [(room, row) for room, rows in ours().items() for row in rows]
# Those that stand for others, and are never made themselves.
ABSTRACT = {"RestyleError", "CloudError", "Throttled", "Refused", "SourceRefused", "NotCancelable"}


def test_the_document_is_what_the_code_says_today() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == document(), "run: python tests/page/error_table.py"


@pytest.mark.parametrize("code", CODES)
def test_the_table_has_each_code_of_the_reference_in_words_of_its_own(code: str) -> None:
    (row,) = (row for room, row in ROWS if room == "the cloud's" and row.code == code)
    assert row.happened.english != meaning("Unheard.Of").happened


def test_the_table_has_each_kind_of_our_own_errors() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)} - {"Any"}
    missing = kinds - {row.code for _, row in ROWS} - ABSTRACT
    assert missing == set()


@pytest.mark.parametrize(("room", "row"), ROWS, ids=[f"{room}-{row.code}" for room, row in ROWS])
def test_each_error_says_what_happened_and_what_next_in_both_languages(
    room: str, row: Problem
) -> None:
    for text in (row.happened, row.what_next):
        assert text.english
        assert text.english == VALUE or CHINESE.search(text.chinese), text
