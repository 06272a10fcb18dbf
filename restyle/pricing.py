"""What a transform costs: the rates and their date, a quote before, a settlement after.

Source: the reference's "Billing and rate limiting"; money is Decimal US dollars throughout.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from restyle.errors import OptionError
from restyle.styles import Options

RATES_DATE = date(2026, 6, 10)
RATE_USD_PER_S = {720: Decimal("0.071677"), 540: Decimal("0.028671")}
FREE = Decimal("0")


@dataclass(frozen=True)
class Quote:
    """A price: `seconds` of output × `rate_usd` a second = `total_usd`."""

    seconds: Decimal
    rate_usd: Decimal
    total_usd: Decimal
    output_short_side: int

    def as_dict(self) -> dict[str, str | int]:
        """The quote as `/quote` gives it: decimal numbers as strings."""
        return {
            "seconds": _plain(self.seconds),
            "rate_usd": _plain(self.rate_usd),
            "total_usd": _plain(self.total_usd),
            "output_short_side": self.output_short_side,
        }


def quote(duration_s: float | Decimal, options: Options) -> Quote:
    """The cloud's price for `duration_s` seconds of output.

    Super-resolution is free. Raises OptionError when the duration is not a positive number.
    Source: the reference's billing formula.
    """
    seconds = _seconds(duration_s)
    rate = RATE_USD_PER_S[options.min_len]
    return Quote(seconds, rate, seconds * rate, options.output_short_side)


def settle(usage_duration_s: float | Decimal, billed_short_side: int) -> Decimal:
    """The charge in US dollars from the `usage` of a finished task.

    Raises OptionError when the service names a resolution that has no rate.
    Source: the reference, "Final fee is calculated from duration and SR fields".
    """
    if billed_short_side not in RATE_USD_PER_S:
        raise OptionError(
            f"The service billed a resolution of {billed_short_side}, which has no known rate.",
            what_next="Look at the bill in the cloud's console.",
        )
    return _seconds(usage_duration_s) * RATE_USD_PER_S[billed_short_side]


def dollars(amount: Decimal) -> str:
    """An amount for people: `$0.29`, or with more digits where cents would hide it."""
    places = Decimal("0.01") if amount == 0 or amount >= Decimal("0.1") else Decimal("0.001")
    return f"${amount.quantize(places)}"


def _seconds(duration_s: float | Decimal) -> Decimal:
    # str() first: Decimal(0.1) would carry the binary float's tail into the price.
    seconds = Decimal(str(duration_s))
    if not seconds.is_finite() or seconds <= 0:
        raise OptionError(
            f"A duration of {duration_s} seconds has no price.",
            what_next="Give a duration above 0 seconds.",
        )
    # To the millisecond, as containers and the cloud's usage give it.
    return seconds.quantize(Decimal("0.001")).normalize()


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
