"""The vendor's own SDK under the faults of a submit, for comparison with the jobs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dashscope
from dashscope import VideoSynthesis
from faults.rows import BROKEN
from faults.script import Fault, refusal
from faults.scripted_cloud import MODEL, ScriptedCloud
from jobs.studio import new_key

FAULTS: dict[str, Fault] = {
    "answer lost": BROKEN["answer lost"],
    "connection reset": BROKEN["connection reset"],
    "500 after acceptance": refusal("InternalError", works=True),
}


@dataclass(frozen=True)
class Submitted:
    """What one call of the SDK made."""

    fault: str
    submits: int
    tasks: int


def run(cloud: ScriptedCloud) -> Iterator[Submitted]:
    """One `VideoSynthesis.async_call` for each fault."""
    with _loopback_only():
        for name, fault in FAULTS.items():
            key = new_key()
            cloud.once("submit", fault, key=key)
            before = len(cloud.submits)
            dashscope.base_http_api_url = cloud.base_url
            try:
                VideoSynthesis.async_call(
                    api_key=key,
                    model=MODEL,
                    extra_input={"video_url": "https://example.com/clip.mp4"},
                    style=0,
                )
            except Exception as error:
                print(f"the SDK raised {type(error).__name__}")
            made = [task for task in cloud.made if task.key == key]
            yield Submitted(name, len(cloud.submits) - before, len(made))


@contextmanager
def _loopback_only() -> Iterator[None]:
    """No proxy of the environment between the SDK and loopback; its address as it was."""
    kept, address = os.environ.get("NO_PROXY"), dashscope.base_http_api_url
    os.environ["NO_PROXY"] = "127.0.0.1"
    try:
        yield
    finally:
        dashscope.base_http_api_url = address
        if kept is None:
            del os.environ["NO_PROXY"]
        else:
            os.environ["NO_PROXY"] = kept
