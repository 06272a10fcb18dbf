"""The switch in the page's head: which service draws, and what each means for the visitor."""

import gradio as gr

from restyle.page.texts import both, label


def service_switch(*, host_pays: bool) -> gr.Radio:
    """Lay out the head's switch and, below it, what the chosen service is."""
    service = gr.Radio(
        [(label(f"service_{name}"), name) for name in ("local", "cloud")],
        value="local",
        label=label("service"),  # to be read out only, by a style rule
        elem_id="service",
        elem_classes=["segments"],
        min_width=280,
    )
    gr.HTML(about_services(host_pays=host_pays), elem_id="about-service")
    return service


def about_services(*, host_pays: bool) -> str:
    """What each service is, where the clip goes and who pays; a style rule shows the chosen one."""
    pays = "service_pays_host" if host_pays else "service_pays_you"
    said = {"local": ("service_local_is",), "cloud": ("service_cloud_is", pays)}
    return "".join(
        f'<p class="hint" data-service="{name}">{" ".join(both(key) for key in keys)}</p>'
        for name, keys in said.items()
    )
