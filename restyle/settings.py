"""Settings of one installation: the only reader of the environment.

Source of the names: the README's table of environment variables.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, get_args

from restyle.errors import FetchFailed, OptionError
from restyle.fetching import origin

CLOUD_BASE_URL = "https://dashscope.aliyuncs.com/api/v1"
POSTGRESQL = ("postgresql:", "postgresql+psycopg:", "postgres:")
Hosting = Literal["auto", "upload", "self", "bucket"]


class Secret:
    """A string that never shows itself: `repr` and `str` are masked, `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('…')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret is not pickled: it would land somewhere in clear.")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with its default.

    `database_url` and `storage_url` are None where the data folder serves; `public_url` is the
    address at which this app is reachable from the internet, without a slash at the end.
    `fetch_origins` are fetched from although they are not of the public internet.
    """

    api_key: Secret | None
    cloud_base_url: str
    engine_url: str | None
    data_dir: Path
    database_url: Secret | None
    storage_url: str | None
    public_url: str | None
    hosting: Hosting
    visitor_budget_usd: Decimal
    daily_budget_usd: Decimal
    max_upload_bytes: int
    keep_hours: float
    fetch_origins: frozenset[str]
    server_name: str | None
    server_port: int | None
    share: bool
    root_path: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; raises OptionError naming the variable that is wrong."""

        def text(name: str) -> str | None:
            return environ.get(name, "").strip() or None

        def url(name: str) -> str | None:
            value = text(name)
            if value and not value.startswith(("http://", "https://")):
                raise _wrong(name, value, "an address that begins with http:// or https://")
            return value.rstrip("/") if value else None

        hosting = text("RESTYLE_HOSTING") or "auto"
        if hosting not in get_args(Hosting):
            raise _wrong("RESTYLE_HOSTING", hosting, "one of " + ", ".join(get_args(Hosting)))
        api_key, database_url = text("DASHSCOPE_API_KEY"), text("DATABASE_URL")
        if database_url and not database_url.startswith(POSTGRESQL):
            # Without the value: it may hold a password.
            raise OptionError(
                "The environment variable DATABASE_URL does not begin with postgresql://.",
                what_next="Name a PostgreSQL, or leave it unset for a file in the data folder.",
            )
        space_host = text("SPACE_HOST")
        port = text("GRADIO_SERVER_PORT")
        return cls(
            api_key=Secret(api_key) if api_key else None,
            cloud_base_url=url("DASHSCOPE_HTTP_BASE_URL") or CLOUD_BASE_URL,
            engine_url=url("RESTYLE_ENGINE_URL"),
            data_dir=Path(text("RESTYLE_DATA_DIR") or _user_data_dir(environ)).expanduser(),
            database_url=Secret(database_url) if database_url else None,
            storage_url=text("RESTYLE_STORAGE_URL"),
            public_url=url("RESTYLE_PUBLIC_URL")
            or (f"https://{space_host}" if space_host else None),
            hosting=hosting,  # type: ignore[arg-type]  # checked above
            visitor_budget_usd=_amount(environ, "RESTYLE_VISITOR_BUDGET_USD", "1"),
            daily_budget_usd=_amount(environ, "RESTYLE_DAILY_BUDGET_USD", "10"),
            max_upload_bytes=int(_amount(environ, "RESTYLE_MAX_UPLOAD_MB", "500") * 1_000_000),
            keep_hours=float(_amount(environ, "RESTYLE_KEEP_HOURS", "72")),
            fetch_origins=_origins(environ, "RESTYLE_FETCH_ORIGINS"),
            server_name=text("GRADIO_SERVER_NAME"),
            server_port=int(_amount(environ, "GRADIO_SERVER_PORT", "0")) if port else None,
            share=(text("GRADIO_SHARE") or "").lower() in {"1", "true", "yes"},
            root_path=text("GRADIO_ROOT_PATH") or "",
        )


def _amount(environ: Mapping[str, str], name: str, default: str) -> Decimal:
    value = environ.get(name, "").strip() or default
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise _wrong(name, value, "a number") from None
    if not amount.is_finite() or amount < 0:
        raise _wrong(name, value, "a number that is not below 0")
    return amount


def _origins(environ: Mapping[str, str], name: str) -> frozenset[str]:
    value = environ.get(name, "")
    try:
        return frozenset(origin(url) for url in value.replace(",", " ").split())
    except FetchFailed:
        raise _wrong(name, value, "addresses such as http://nas.local:8000") from None


def _wrong(name: str, value: str, wanted: str) -> OptionError:
    return OptionError(
        f"The environment variable {name} is {value!r}, but it must be {wanted}.",
        what_next=f"Correct {name} and start again.",
    )


def _user_data_dir(environ: Mapping[str, str]) -> str:
    if sys.platform == "win32":
        return str(Path(environ.get("LOCALAPPDATA", "~")) / "restyle")
    if sys.platform == "darwin":
        return "~/Library/Application Support/restyle"
    return str(Path(environ.get("XDG_DATA_HOME") or "~/.local/share") / "restyle")
