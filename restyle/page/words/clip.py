"""What the clip panel says: the samples, the fit report, the trim."""

CLIP: dict[str, tuple[str, str]] = {
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
}
