"""What the panels of style, settings and price say, the services and keys too."""

CHOICES: dict[str, tuple[str, str]] = {
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
    "service_local_is": (
        "Restyle's own engine draws on this machine, free and without a key; the clip does not "
        "leave it. It comes near the cloud's looks, but is not the cloud's model.",
        "由 Restyle 自己的引擎在本机绘制，免费、无需 Key，视频不会离开本机。"
        "效果接近云端，但不是云端的模型。",
    ),
    "service_cloud_is": (
        "Alibaba Cloud Model Studio draws with its own model. The clip is handed to its servers in "
        "China (Beijing), which forget the task and its result after 24 hours.",
        "由阿里云百炼用自己的模型绘制。视频会交给其华北2（北京）的服务器，"
        "任务和结果在 24 小时后清除。",
    ),
    "service_pays_you": (
        "Your key pays, by the second of output, and only for what succeeds. It must be a key of "
        "the China (Beijing) region: those of other regions are refused.",
        "由你的 Key 付费，按输出秒数计，仅成功后收费。"
        "必须是华北2（北京）地域的 Key，其他地域会被拒绝。",
    ),
    "service_pays_host": (
        "The owner of this page pays, within a budget a day, or you with a key of your own: one of "
        "the China (Beijing) region, those of others are refused.",
        "由本页主人在每日预算内付费，或使用你自己的 Key：须为华北2（北京）地域，其他地域会被拒绝。",
    ),
    "key": ("Your Alibaba Cloud key", "你的阿里云 API Key"),
    "key_info": (
        "It begins with sk-. It is used for your jobs only and is never stored in this browser.",
        "以 sk- 开头。只用于你的任务，不保存在浏览器里。",
    ),
    "key_info_host": (
        "Optional. It begins with sk-, is used for your jobs only and is never stored in this "
        "browser.",
        "可不填。以 sk- 开头，只用于你的任务，不保存在浏览器里。",
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
    "go_free_parts": ("Transform {parts} parts — free", "转换 {parts} 段 — 免费"),
    "go_price_parts": ("Transform {parts} parts — {total}", "转换 {parts} 段 — {total}"),
    "go_free_several_parts": (
        "{count} styles × {parts} parts — free",
        "{count} 种风格 × {parts} 段 — 免费",
    ),
    "go_price_several_parts": (
        "{count} styles × {parts} parts — {total}",
        "{count} 种风格 × {parts} 段 — {total}",
    ),
    "price_parts": (
        "{time} in {parts} parts, each charged only when it succeeds. Rates of {date}.",
        "{time} 分 {parts} 段，每段仅在成功后收费。价目日期 {date}。",
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
    "price_moved": (
        "Nothing was begun: the price on the button was not yet that of your last choice.",
        "尚未开始：按钮上的价格还不是您最后一次选择的价格。",
    ),
    "price_moved_next": (
        "The button now says “{go}”. Press it again if that is what you want.",
        "按钮现在显示“{go}”。如需继续，请再按一次。",
    ),
    "price_asked": ("The price is worked out anew.", "正在重新计算价格。"),
    "price_none": ("The price appears here with your clip.", "选好视频后，这里显示价格。"),
}
