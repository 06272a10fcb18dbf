"""Who may import whom: the rooms of the project and the direction between them."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GROUND = {"limits", "footage", "clips", "styles", "errors", "settings", "fetching"}
MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    "pricing": GROUND,
    "fitting": GROUND,
    "hosting": GROUND | {"cloud"},
    "cloud": GROUND,
    "jobs": GROUND | {"pricing", "fitting", "hosting", "cloud"},
    "page": GROUND | {"pricing", "fitting", "hosting", "cloud", "jobs"},
    "engine": GROUND,
}
SOURCES = sorted((ROOT / "restyle").rglob("*.py"))


def _room(path: Path) -> str:
    inside = path.relative_to(ROOT / "restyle")
    return inside.parts[0].removesuffix(".py")


def _rooms_imported(path: Path) -> set[str]:
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            if node.module == "restyle":
                rooms |= {alias.name for alias in node.names}
            elif (node.module or "").startswith("restyle."):
                rooms.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("restyle.")
            }
    return rooms


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        assert not _rooms_imported(path)
        return
    assert _rooms_imported(path) <= MAY_IMPORT[room] | {room}


def test_only_the_app_knows_of_the_engine() -> None:
    knowing = [
        path for path in SOURCES if _room(path) != "engine" and "engine" in _rooms_imported(path)
    ]
    assert knowing == []


def test_the_visible_top_level_is_what_the_readme_says() -> None:
    allowed = {"app.py", "requirements.txt", "README.md", "demo_assets", "tests", "restyle"}
    visible = {p.name for p in ROOT.iterdir() if not p.name.startswith((".", "__"))}
    assert visible == allowed
