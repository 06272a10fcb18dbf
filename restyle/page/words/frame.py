"""What the frame of the page says: its head, the headings, errors that are its own."""

FRAME: dict[str, tuple[str, str]] = {
    # the frame of the page
    "title": (
        "Restyle — turn a clip into one of eight cartoon styles",
        "Restyle — 把视频变成八种漫画风格",
    ),
    "tagline": (
        "Turn a short clip into one of eight cartoon styles.",
        "把一段短视频变成八种漫画风格之一。",
    ),
    "step_clip": ("Clip", "视频"),
    "step_style": ("Style", "风格"),
    "step_price": ("Settings and price", "设置与价格"),
    "step_result": ("Result", "结果"),
    "step_jobs": ("My jobs", "我的任务"),
    # errors
    "what_next": ("What next: {what_next}", "下一步：{what_next}"),
    "no_clip": ("There is no clip yet.", "还没有视频。"),
    "no_clip_next": ("Choose a clip or a sample first.", "请先选择视频或示例。"),
    "unexpected": (
        "Something went wrong on this machine, and it was written to its log.",
        "本机出了点问题，已写入日志。",
    ),
    "unexpected_next": ("Try again; your settings are kept.", "请再试一次，设置都还在。"),
}
