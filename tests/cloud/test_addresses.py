import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.cloud import encoded
from restyle.errors import SourceRefused

REFERENCE = (
    "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250704/viwndw/"
    "%E5%8E%9F%E8%A7%86%E9%A2%91.mp4"
)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (REFERENCE, REFERENCE),
        (REFERENCE.replace("%E5%8E%9F%E8%A7%86%E9%A2%91", "原视频"), REFERENCE),
        ("https://a.b/%E5%8E%9F频.mp4", "https://a.b/%E5%8E%9F%E9%A2%91.mp4"),
        ("https://a.b/100%.mp4", "https://a.b/100%25.mp4"),
        ("https://a.b/100%25.mp4", "https://a.b/100%25.mp4"),
        ("https://a.b/a b.mp4 ", "https://a.b/a%20b.mp4"),
        ("https://a.b/x?sig=a%2Fb%3D&t=1~", "https://a.b/x?sig=a%2Fb%3D&t=1~"),
        ("https://bücher.example:8443/x", "https://xn--bcher-kva.example:8443/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("oss://dashscope-instant/ab/clip.mp4", "oss://dashscope-instant/ab/clip.mp4"),
    ],
)
def test_an_address_is_encoded_once(url: str, sent: str) -> None:
    assert encoded(url) == sent


@settings(deadline=None)
@given(st.text(max_size=30))
def test_encoding_again_changes_nothing(path: str) -> None:
    once = encoded(f"https://example.com/x{path.replace('[', '')}")
    assert once.isascii()
    assert encoded(once) == once


@pytest.mark.parametrize("url", ["http://[::1/x", "https://" + "ü" * 80 + "/x"])
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(SourceRefused, match="not an address"):
        encoded(url)
