from decimal import Decimal

import pytest

from restyle.errors import OptionError
from restyle.pricing import dollars, quote, settle
from restyle.styles import Options


@pytest.mark.parametrize(
    ("duration_s", "min_len", "use_SR", "total"),
    [
        (10, 720, False, "0.71677"),
        (10, 540, False, "0.28671"),
        (10, 540, True, "0.28671"),
        (10, 720, True, "0.71677"),
        (30, 720, False, "2.15031"),
        (0.1, 720, False, "0.0071677"),
        (Decimal("29.9"), 540, False, "0.8572629"),
        (4.9999999, 720, False, "0.358385"),
    ],
)
def test_the_price_is_seconds_times_rate(
    duration_s: float, min_len: int, use_SR: bool, total: str
) -> None:
    found = quote(duration_s, Options(min_len=min_len, use_SR=use_SR))
    assert found.total_usd == Decimal(total)
    assert found.as_dict()["total_usd"] == total


def test_a_quote_is_given_as_decimal_strings() -> None:
    assert quote(10.0, Options(min_len=540, use_SR=True)).as_dict() == {
        "seconds": "10",
        "rate_usd": "0.028671",
        "total_usd": "0.28671",
        "output_short_side": 1080,
    }


@pytest.mark.parametrize("duration_s", [0, -1, float("nan"), float("inf")])
def test_a_duration_that_has_no_price_is_refused(duration_s: float) -> None:
    with pytest.raises(OptionError, match="has no price"):
        quote(duration_s, Options())


def test_the_charge_follows_the_usage_of_the_task() -> None:
    assert settle(3, 720) == Decimal("0.215031")
    assert settle(Decimal("3.5"), 540) == Decimal("0.1003485")
    with pytest.raises(OptionError, match="no known rate"):
        settle(3, 1080)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0.00"), ("0.71677", "$0.72"), ("0.0286", "$0.029"), ("2.15031", "$2.15")],
)
def test_dollars_are_written_for_people(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text
