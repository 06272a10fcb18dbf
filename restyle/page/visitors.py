"""Who a visitor is, as far as budgets and queues need to know."""

import gradio as gr


def visitor_of(request: gr.Request | None) -> str:
    """Whose budget it is: the address that the request comes from."""
    client = request.client if request else None
    return str(client.host) if client and client.host else ""
