"""Every text a person reads on the page, in English and Chinese, and which of the two to show.

Labels of Gradio's own components go through `label()` (chosen in the browser), HTML made once
through `both()` (chosen by a style rule), HTML made for one visitor through `say()`.
"""

from decimal import Decimal
from html import escape
from typing import Literal

import gradio as gr

from restyle.jobs import Stage
from restyle.styles import Style

Language = Literal["en", "zh"]
LANGUAGE_COOKIE = "restyle-words"

TEXTS: dict[str, tuple[str, str]] = {
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
    # clip
    "clip": ("Your clip", "你的视频"),
    "samples": ("No clip at hand? Try one of these:", "手边没有视频？试试这些："),
    "sample_portrait": ("Portrait", "人像"),
    "sample_temple": ("Temple by a lake", "湖边古塔"),
    "sample_phone": ("Phone clip, upright", "手机竖拍"),
    "clip_first": (
        "Any video from a phone or camera will do. What does not fit is trimmed, cropped or "
        "converted for you, and you see it here first.",
        "手机或相机拍的视频都可以。不符合要求的地方会替你剪短、裁切或转换，先在这里给你看。",
    ),
    "report_ok": (
        "Within every limit: sent exactly as it is.",
        "符合全部限制：原样发送，不做任何改动。",
    ),
    "report_fixed": (
        "Some things will be changed so that it fits.",
        "为符合限制，将做以下调整。",
    ),
    "report_bad": ("This clip cannot be used.", "这段视频无法使用。"),
    "limit": ("limit: {limit}", "限制：{limit}"),
    "check_width": ("Width", "宽度"),
    "check_height": ("Height", "高度"),
    "check_ratio": ("Aspect ratio", "宽高比"),
    "check_format": ("Format", "格式"),
    "check_duration": ("Duration", "时长"),
    "check_size": ("File size", "文件大小"),
    "sign_ok": ("fits", "符合"),
    "sign_fix": ("will be fixed", "将调整"),
    "sign_bad": ("cannot be fixed", "无法调整"),
    "fit_before": ("Your frame, with what is cut off shaded", "原画面，裁掉的部分以阴影表示"),
    "fit_after": ("What is sent", "发送的画面"),
    "trim": ("Trim", "剪辑"),
    "trim_window": ("The chosen part", "所选片段"),
    "trim_start": ("Start", "开始"),
    "trim_end": ("End", "结束"),
    "trim_start_here": ("Start here", "从这里开始"),
    "trim_end_here": ("End here", "到这里结束"),
    "trim_of": ("chosen of", "已选，全长"),
    "shape": ("Too wide or too tall: how should it fit?", "画面过宽或过高，如何处理？"),
    "shape_crop": ("Crop the edges", "裁掉边缘"),
    "shape_pad": ("Keep all, with bars", "保留全部，加黑边"),
    # style and settings
    "style": ("Style", "风格"),
    "several": ("Several at once", "一次选多种"),
    "previews_drawing": ("Drawing your frame in each style …", "正在用每种风格绘制当前画面…"),
    "previews_drawn": ("Your own frame, in each style", "你的画面在每种风格下的样子"),
    "style_note_4": ("Best for ancient costumes", "最适合古装画面"),
    "resolution": ("Resolution", "分辨率"),
    "resolution_info": (
        "The shorter side of the result. 1080p is rendered at 540p and enlarged by "
        "super-resolution, at the price of 540p.",
        "结果短边的像素。1080p 由 540p 渲染后超分放大，按 540p 计价。",
    ),
    "resolution_540": ("540p", "540p"),
    "resolution_720": ("720p", "720p"),
    "resolution_1080": ("1080p · from 540p", "1080p · 由 540p 超分"),
    "fps": ("Frames a second", "每秒帧数"),
    "fps_info": (
        "15 has the beat of drawn animation; 25 is smoother. The price is the same.",
        "15 帧有手绘动画的节奏，25 帧更流畅，价格相同。",
    ),
    "faces": ("Keep faces readable", "保留面部表情"),
    "faces_info": (
        "Draws eyes and mouths with more care, so that expressions survive.",
        "更细致地描绘眼睛和嘴，让表情保留下来。",
    ),
    "service": ("Where it runs", "在哪里运行"),
    "service_local": ("This machine · free", "本机 · 免费"),
    "service_cloud": ("Alibaba Cloud", "阿里云"),
    "key": ("Your Alibaba Cloud key", "你的阿里云 API Key"),
    "key_info": (
        "From Model Studio in the China (Beijing) region; it begins with sk-. It is used for "
        "your jobs only and is never stored in this browser.",
        "来自百炼（华北2·北京）地域，以 sk- 开头。只用于你的任务，不保存在浏览器里。",
    ),
    "key_info_host": (
        "Optional: without it, the owner of this page pays, within a budget. From Model Studio "
        "in the China (Beijing) region; never stored in this browser.",
        "可不填：不填则由本页主人在预算内付费。来自百炼（华北2·北京）地域，不保存在浏览器里。",
    ),
    "key_missing": (
        "The cloud needs a key, and none was given.",
        "云端需要 API Key，但还没有填写。",
    ),
    "key_missing_next": (
        "Enter your key under Settings and price, or choose This machine, which is free.",
        "请在“设置与价格”中填写，或改选免费的“本机”。",
    ),
    "key_malformed": (
        "This does not look like a key of Alibaba Cloud: those begin with sk- and have no spaces.",
        "这不像阿里云的 API Key：它以 sk- 开头，且不含空格。",
    ),
    "key_malformed_next": (
        "Copy the key again from the Model Studio console, Beijing region.",
        "请从百炼控制台（北京地域）重新复制。",
    ),
    # price
    "go": ("Transform", "开始转换"),
    "go_free": ("Transform — free", "开始转换 — 免费"),
    "go_free_several": ("Transform in {count} styles — free", "转换为 {count} 种风格 — 免费"),
    "go_price_several": (
        "Transform in {count} styles — {total}",
        "转换为 {count} 种风格 — {total}",
    ),
    "price_several": ("{count} styles × {each}.", "{count} 种风格 × {each}。"),
    "go_price": ("Transform — {total}", "开始转换 — {total}"),
    "price_free": ("Free on this machine", "本机免费"),
    "price_free_more": (
        "{seconds} s of {side}p. The cloud would charge {total}.",
        "{seconds} 秒 {side}p。云端会收 {total}。",
    ),
    "price_sum": ("{seconds} s × ${rate} a second.", "{seconds} 秒 × 每秒 ${rate}。"),
    "price_success": (
        "Charged only when it succeeds. Rates of {date}.",
        "仅在成功后收费。价目日期 {date}。",
    ),
    "price_cheaper": (
        "1080p from 540p + super-resolution: {total}, 60 % less",
        "540p + 超分可得 1080p：{total}，省 60 %",
    ),
    "price_cheaper_use": ("Use it", "采用"),
    "price_left": (
        "{left} left of today's budget of this page.",
        "本页今日预算还剩 {left}。",
    ),
    "price_none": ("The price appears here with your clip.", "选好视频后，这里显示价格。"),
    # status
    "status_none": (
        "Your result will appear here. Choose a clip, pick a style, press Transform.",
        "结果会显示在这里。选视频、挑风格、点“开始转换”。",
    ),
    "stage_queued": ("Queued", "排队"),
    "stage_fitting": ("Fitting the clip", "调整视频"),
    "stage_hosting": ("Handing it over", "交付视频"),
    "stage_submitting": ("Submitting", "提交"),
    "stage_pending": ("Waiting for the service", "等待服务"),
    "stage_running": ("Drawing", "绘制"),
    "stage_saving": ("Saving", "保存"),
    "stage_succeeded": ("Done", "完成"),
    "stage_failed": ("Failed", "失败"),
    "stage_canceled": ("Canceled", "已取消"),
    "position": ("{position} in the queue", "排在第 {position} 位"),
    "position_next": ("Next in the queue", "下一个就是你"),
    "eta": ("about {time} left", "约剩 {time}"),
    "elapsed": ("{time} so far", "已用 {time}"),
    "took": ("Took {time}", "用时 {time}"),
    "charge": ("Quoted {quote}, charged {charge}", "报价 {quote}，实收 {charge}"),
    "charge_none": ("Quoted {quote}, nothing charged", "报价 {quote}，未收费"),
    "charge_free": ("Free", "免费"),
    "cancel": ("Cancel", "取消"),
    "canceled_words": (
        "Stopped, as you asked. Press Transform to begin again.",
        "已按你的要求停止。点“开始转换”可重新开始。",
    ),
    "download": ("Download MP4", "下载 MP4"),
    "beside": ("Side by side", "并排视频"),
    "before": ("Before", "原片"),
    "after": ("After", "结果"),
    "wipe": ("Wipe between before and after", "在原片与结果之间滑动"),
    "play": ("Play", "播放"),
    "pause": ("Pause", "暂停"),
    "seek": ("Moment", "时刻"),
    "frame_back": ("One frame back", "后退一帧"),
    "frame_on": ("One frame on", "前进一帧"),
    "speed": ("Speed", "速度"),
    "sound": ("Sound", "声音"),
    "sound_after": ("Sound: result", "声音：结果"),
    "sound_before": ("Sound: clip", "声音：原片"),
    "sound_off": ("Sound: off", "静音"),
    "full": ("Full screen", "全屏"),
    "result_video": ("The result, in the style {style}", "结果，风格：{style}"),
    "code": ("The same by code", "用代码完成同样的事"),
    "code_note": (
        "Needs {package}; the key, where one is needed, comes from a variable.",
        "需要 {package}；如需 Key，则来自变量。",
    ),
    "answers": ("What the service said", "服务的原始回答"),
    "way_look_again": ("Look again", "再查一次"),
    "way_submit_anyway": (
        "Submit again (may be billed twice)",
        "再次提交（可能重复计费）",
    ),
    "ids": ("Task {task_id} · request {request_id}", "任务 {task_id} · 请求 {request_id}"),
    # jobs
    "jobs_none": (
        "Nothing yet. Jobs of this browser are listed here, and found again after a reload.",
        "还没有任务。本浏览器的任务会列在这里，刷新后也能找回。",
    ),
    "retry": ("Again with the same settings", "用相同设置重做"),
    "remove": ("Remove from this list", "从列表中移除"),
    "kept": ("kept for {hours} h", "保留 {hours} 小时"),
    "kept_over": ("files removed", "文件已删除"),
    "offline": (
        "You are offline. The work goes on, and this page catches up when you are back.",
        "网络已断开。任务仍在进行，恢复连接后本页会自动更新。",
    ),
    "notify": ("Tell me when it is done", "完成时通知我"),
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

TEXTS |= {f"style_{int(style)}": (style.title, style.title_zh) for style in Style}

CHECK_NAMES = {
    name: f"check_{name}" for name in ("width", "height", "ratio", "format", "duration", "size")
}


def language(request: gr.Request | None) -> Language:
    """The visitor's language: chosen on the page (a cookie), else the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) if request else None
    if chosen in ("en", "zh"):
        return "zh" if chosen == "zh" else "en"
    accepted = request.headers.get("accept-language", "") if request else ""
    return "zh" if accepted.strip().lower().startswith("zh") else "en"


def say(key: str, lang: Language, **values: object) -> str:
    """A text in one language, with its values filled in; not escaped."""
    return TEXTS[key][lang == "zh"].format(**values)


def both(key: str) -> str:
    """A text as HTML in both languages; page.css shows the one the browser asks for."""
    english, chinese = (escape(text) for text in TEXTS[key])
    return f'<span lang="en">{english}</span><span lang="zh">{chinese}</span>'


def translations() -> gr.I18n:
    """All texts for Gradio's own components, for `launch(i18n=…)`."""
    english = {key: texts[0] for key, texts in TEXTS.items()}
    chinese = {key: texts[1] for key, texts in TEXTS.items()}
    return gr.I18n(**{"en": english, "zh": chinese, "zh-CN": chinese, "zh-TW": chinese})


LABELS = translations()


def label(key: str) -> str:
    """A text that the browser translates, for a component's label."""
    # Gradio takes its translation objects wherever a string goes; its types say only str.
    translated: str = LABELS(key)  # type: ignore[assignment]
    return translated


def style_name(style: Style, lang: Language) -> str:
    """The style's name in one language."""
    return style.title_zh if lang == "zh" else style.title


def stage_name(stage: Stage, lang: Language) -> str:
    """The stage in words."""
    return say(f"stage_{stage.value}", lang)


def clock(seconds: float) -> str:
    """Seconds as m:ss, as players show them; tenths only below ten seconds and where they count."""
    whole = int(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def amount(number: float | Decimal) -> str:
    """A number without needless zeros, to the hundredth."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def ordinal(position: int, lang: Language) -> str:
    """A place in a queue: 2nd, or the bare number in Chinese."""
    if lang == "zh":
        return str(position)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{'th' if 10 <= position % 100 <= 20 else ending}"
