"""The same job by code, to copy: this page's own API in Python, the cloud's API with curl.

A key is always a variable, never a value.
"""

import json
import shlex

from restyle.jobs import Job


def python_sample(job: Job) -> str:
    """The job through this page, with gradio_client."""
    parameters = job.options.as_parameters()
    lines = [
        "import os, time",
        "from gradio_client import Client, handle_file",
        "",
        'page = Client(os.environ["RESTYLE_PAGE"])  # the address of this page',
        "job = page.predict(",
        f"    video=handle_file({job.clip_name or 'clip.mp4'!r}),",
        *(f"    {name}={value!r}," for name, value in parameters.items()),
        *_span(job),
        *(["    whole=True,"] if job.parts else []),
        f"    service={job.service!r},",
        *(['    api_key=os.environ["DASHSCOPE_API_KEY"],'] if job.service == "cloud" else []),
        '    api_name="/submit",',
        ")",
        'ends = {"succeeded", "failed", "canceled"}',
        'while page.predict(job["job_id"], api_name="/status")["stage"] not in ends:',
        "    time.sleep(2)",
        'video, status = page.predict(job["job_id"], api_name="/result")',
    ]
    return "\n".join(lines)


def curl_sample(job: Job) -> str:
    """The submit to the cloud, with curl; VIDEO_URL is where the service can fetch the clip."""
    body = {
        "model": "video-style-transform",
        "input": {"video_url": "VIDEO_URL"},
        "parameters": job.options.as_parameters(),
    }
    return (
        "curl https://dashscope.aliyuncs.com/api/v1/services/aigc/video-generation/"
        "video-synthesis \\\n"
        "  -H 'X-DashScope-Async: enable' \\\n"
        '  -H "Authorization: Bearer $DASHSCOPE_API_KEY" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body))}"
    )


def _span(job: Job) -> list[str]:
    named = {name: job.plan.get(name) for name in ("start_s", "end_s")}
    if job.plan.get("pad"):
        named["shape"] = "pad"
    elif job.plan.get("crop"):
        named["crop_at"] = job.plan.get("crop_at")
    return [f"    {name}={value!r}," for name, value in named.items() if value is not None]
