import pytest

from restyle.errors import OptionError
from restyle.styles import Options, Style


def test_the_eight_styles_have_the_codes_of_the_reference() -> None:
    assert [(int(s), s.title) for s in Style] == [
        (0, "Japanese manga"),
        (1, "American comic"),
        (2, "Fresh comic"),
        (3, "3D cartoon"),
        (4, "Chinese cartoon"),
        (5, "Paper art"),
        (6, "Simple illustration"),
        (7, "Chinese ink wash"),
    ]


def test_a_style_is_given_with_both_names_and_its_note() -> None:
    assert Style.CHINESE_CARTOON.as_dict() == {
        "code": 4,
        "name": "Chinese cartoon",
        "name_zh": "国风卡通",
        "note": "Best for inputs with ancient costumes",
    }
    assert Style.PAPER_ART.slug == "paper-art"


def test_the_defaults_are_those_of_the_reference() -> None:
    assert Options().as_parameters() == {
        "style": 0,
        "video_fps": 15,
        "animate_emotion": True,
        "min_len": 720,
        "use_SR": False,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"style": -1},
        {"style": 8},
        {"style": "0"},
        {"style": True},
        {"video_fps": 14},
        {"video_fps": 26},
        {"video_fps": 15.0},
        {"min_len": 1080},
        {"min_len": "720"},
        {"animate_emotion": 1},
        {"use_SR": "false"},
    ],
    ids=str,
)
def test_a_value_outside_the_reference_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(OptionError) as caught:
        Options(**wrong)  # type: ignore[arg-type]
    assert next(iter(wrong)) in caught.value.message
    assert caught.value.what_next


@pytest.mark.parametrize(
    ("min_len", "use_SR", "short_side"),
    [(720, False, 720), (540, False, 540), (540, True, 1080), (720, True, 720)],
)
def test_540_with_super_resolution_gives_1080(min_len: int, use_SR: bool, short_side: int) -> None:
    assert Options(min_len=min_len, use_SR=use_SR).output_short_side == short_side
