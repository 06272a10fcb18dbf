import pickle
from decimal import Decimal
from pathlib import Path

import pytest

from restyle.errors import OptionError
from restyle.settings import CLOUD_BASE_URL, Secret, Settings


def test_a_fresh_install_needs_nothing_set() -> None:
    settings = Settings.from_env({"XDG_DATA_HOME": "/data"})
    assert settings.api_key is None
    assert settings.engine_url is None
    assert settings.cloud_base_url == CLOUD_BASE_URL
    assert settings.data_dir == Path("/data/restyle")
    assert settings.hosting == "auto"
    assert (settings.visitor_budget_usd, settings.daily_budget_usd) == (Decimal(1), Decimal(10))
    assert (settings.max_upload_bytes, settings.keep_hours) == (500_000_000, 72)
    assert settings.fetch_origins == frozenset()


def test_what_is_set_is_read() -> None:
    settings = Settings.from_env(
        {
            "DASHSCOPE_API_KEY": "sk-secret",
            "DASHSCOPE_HTTP_BASE_URL": "http://127.0.0.1:9/api/v1/",
            "RESTYLE_PUBLIC_URL": "https://restyle.example/",
            "RESTYLE_HOSTING": "self",
            "GRADIO_SERVER_PORT": "7861",
            "GRADIO_SHARE": "True",
            "RESTYLE_FETCH_ORIGINS": "http://NAS.local:8000, https://films.example",
        }
    )
    assert settings.api_key is not None
    assert settings.api_key.reveal() == "sk-secret"
    assert settings.cloud_base_url == "http://127.0.0.1:9/api/v1"
    assert settings.public_url == "https://restyle.example"
    assert settings.fetch_origins == {"http://nas.local:8000", "https://films.example:443"}
    assert (settings.hosting, settings.server_port, settings.share) == ("self", 7861, True)


def test_a_space_knows_its_public_address() -> None:
    assert Settings.from_env({"SPACE_HOST": "me-x.hf.space"}).public_url == "https://me-x.hf.space"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RESTYLE_HOSTING", "ftp"),
        ("RESTYLE_FETCH_ORIGINS", "nas.local"),
        ("RESTYLE_PUBLIC_URL", "restyle.example"),
        ("RESTYLE_KEEP_HOURS", "long"),
        ("RESTYLE_DAILY_BUDGET_USD", "-1"),
        ("RESTYLE_MAX_UPLOAD_MB", "nan"),
        ("DATABASE_URL", "mysql://u:pw@h/d"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(OptionError, match=name) as wrong:
        Settings.from_env({name: value})
    assert "pw@" not in str(wrong.value)


def test_a_secret_never_shows_itself() -> None:
    settings = Settings.from_env(
        {"DASHSCOPE_API_KEY": "sk-secret", "DATABASE_URL": "postgresql://u:pw@h/d"}
    )
    assert "sk-secret" not in f"{settings!r} {settings} {settings.api_key} {settings.api_key!r}"
    assert "pw@" not in repr(settings)
    with pytest.raises(TypeError):
        pickle.dumps(Secret("sk-secret"))
