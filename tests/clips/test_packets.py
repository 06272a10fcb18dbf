"""Frame rate and duration follow from the packets, whatever the header says."""

import pytest

from restyle.clips.packets import Track, constant_rate, read_tracks


def _track(*pts_s: float, end_s: float | None = None) -> Track:
    return Track(pts_s, end_s if end_s is not None else pts_s[-1] + 0.04, 0.0)


@pytest.mark.parametrize(
    ("times", "nominal", "fps", "varies"),
    [
        ([i / 25 for i in range(50)], 25.0, 25.0, False),
        ([i / 30 for i in range(50)], 90000.0, 30.0, False),
        ([i * 1001 / 30000 for i in range(100)], 29.97, 30000 / 1001, False),
        ([round(i / 30, 3) for i in range(100)], None, 30.0, False),
        ([0, *(i / 30 + 0.021 for i in range(1, 100))], 29.5, 30.0, False),
        ([0, 0.04, 0.08, 0.12, 0.5, 0.54, 0.58, 1.9], 25.0, 25.0, True),
    ],
)
def test_the_usual_rate_is_found(
    times: list[float], nominal: float | None, fps: float, varies: bool
) -> None:
    rate = constant_rate(_track(*times), nominal)
    assert rate.fps == pytest.approx(fps, rel=1e-6)
    assert rate.varies == varies


def test_the_grid_of_the_frames_is_found_with_the_rate() -> None:
    times = [0.021 + i / 30 for i in range(60)]
    assert constant_rate(_track(*times), 30.0).phase_s == pytest.approx(0.021)
    assert constant_rate(_track(*[t - 0.021 for t in times]), 30.0).phase_s == 0
    early = [0.0, *(i / 30 - 0.004 for i in range(1, 60))]
    assert constant_rate(_track(*early), 30.0).phase_s == pytest.approx(-0.004)


def test_one_frame_has_the_rate_of_its_length() -> None:
    assert constant_rate(_track(0.0, end_s=0.04), None).fps == pytest.approx(25)


def test_a_listing_becomes_tracks() -> None:
    listing = (
        b"#tb 0: 1/25\n#media_type 0: video\n#dimensions 0: 640x480\n#tb 1: 1/48000\n"
        b"0,  0,  1,  1,  100, 0x1\n"
        b"1,  -1024, -1024, 1024, 9, 0x1, F=0x5, S=1, Skip Samples, 10, 0x1\n"
        b"0,  1,  0,  1,  100, 0x1, F=0x0\n"
        b"0,  2,  2,  1,  100, 0x1\n"
        b"garbage\n2, 1, 2\n"
    )
    tracks = read_tracks(listing)
    assert tracks[0] == Track(
        *((0.0, 0.04, 0.08), 0.12, 0.08, 640, 480),
        cuts_s=(0.08,),
        entries_s=(0.08,),
        even_s=pytest.approx(0.04),  # type: ignore[arg-type]
        size_bytes=300,
    )
    assert tracks[1].end_s == 0


def test_times_that_are_missing_follow_from_the_order_of_decoding() -> None:
    missing = -(2**63)
    listing = b"#tb 0: 1/10\n" + b"".join(
        b"0, %d, %d, 1, 9, 0x1\n" % (dts, missing if dts % 2 else dts + 2) for dts in range(6)
    )
    assert read_tracks(listing)[0].pts_s == pytest.approx((0.2, 0.3, 0.4, 0.5, 0.6, 0.7))


def test_a_listing_that_stops_among_reordered_frames_still_has_its_rate() -> None:
    # Decoded 0 4 2 1 3 | 8 6 5 7: cut after the 8, frames 5 to 7 are only not listed yet.
    order = [0, 4, 2, 1, 3, 8]
    listing = b"#tb 0: 1/24\n" + b"".join(
        b"0, %d, %d, 1, 9, 0x1\n" % (dts, pts) for dts, pts in enumerate(order, start=-2)
    )
    rate = constant_rate(read_tracks(listing)[0], 24.0)
    assert (rate.fps, rate.varies) == (24, False)


def test_packets_are_parted_only_where_no_frame_is_torn_from_its_group() -> None:
    # Decoded I0 P3 B1 B2 | I4 P5 | I7 B6 (an open group: B6 is shown before the I it follows).
    order = [(0, "K"), (3, ""), (1, ""), (2, ""), (4, "K"), (5, ""), (7, "K"), (6, "")]
    listing = b"#tb 0: 1/10\n" + b"".join(
        b"0, %d, %d, 1, 9, 0x1%s\n" % (dts, pts, b"" if key else b", F=0x0")
        for dts, (pts, key) in enumerate(order, start=-1)
    )
    track = read_tracks(listing)[0]
    assert track.cuts_s == pytest.approx((0.0, 0.4, 0.5))
    assert track.entries_s == pytest.approx((0.0, 0.4))


def test_a_few_guessed_times_that_are_a_frame_off_do_not_make_a_rate_vary() -> None:
    times = [i / 25 for i in range(400)]
    times[182] = times[183]
    assert constant_rate(_track(*times), 25.0).varies
    guessed = Track(tuple(times), 16.0, 0.0, guessed=True)
    assert not constant_rate(guessed, 25.0).varies


def test_a_listing_from_the_middle_is_as_long_as_its_packets() -> None:
    # Few frames have a time of showing, and the first that has one stands late in the listing.
    listing = b"#tb 0: 1/10\n" + b"".join(
        b"0, %d, %d, 1, 9, 0x1%s\n"
        % (dts, dts + 2 if dts == 40 else -(2**63), b"" if dts == 40 else b", F=0x0")
        for dts in range(60)
    )
    assert read_tracks(listing)[0].end_s == pytest.approx(6.2)
