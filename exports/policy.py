"""What a browser may do with a site: the headers that close it to other hosts and isolate it, so that wasm may use threads."""

from typing import Any
from urllib.parse import urlsplit

from annotations import BadInput

from .scripts import imported

# 'self' everywhere: the page can reach no other host, whatever a library would like. wasm-unsafe-eval compiles WebAssembly.
_META = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    # frame-ancestors counts in a header only.
    "Content-Security-Policy": f"{_META}; frame-ancestors 'none'",
    # Together they make the page cross-origin isolated, which SharedArrayBuffer and so wasm threads ask for.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Asked anew each time (If-Modified-Since); what the page keeps, it keeps by hash in a cache of its own.
    "Cache-Control": "no-cache",
}


def headers(manifest: dict[str, Any]) -> dict[str, str]:
    """HEADERS for one site: the host of its model may be asked too, when the manifest names one (``model_at``)."""
    return HEADERS | {"Content-Security-Policy": _with_host(HEADERS["Content-Security-Policy"], manifest.get("model_at"))}


def close_page(html: str, model_at: str | None) -> str:
    """The page with the policy in it, so that it holds on a server that sends no headers, and with all of its modules named, so
    that a browser asks for them at once and not one after the other as it reads them."""
    links = "\n  ".join(f'<link rel="modulepreload" href="{name}">' for name in imported("loading.js", "page.js"))
    return html.replace('content="POLICY"', f'content="{_with_host(_META, model_at)}"').replace("<!-- modules -->", links)


def check_place(model_at: str) -> None:
    """BadInput for what is not the address of a folder."""
    parts = urlsplit(model_at)
    if parts.scheme != "https" or not parts.netloc or not parts.path.endswith("/") or parts.query or parts.fragment:
        raise BadInput(f"{model_at!r} is no place for a model's files; expected https://HOST/FOLDER/ with its last slash.")


def _with_host(policy: str, model_at: str | None) -> str:
    if model_at is None:
        return policy
    parts = urlsplit(model_at)
    return policy.replace("connect-src 'self'", f"connect-src 'self' {parts.scheme}://{parts.netloc}")
