"""Snippets for nginx and Caddy that serve a published folder with the headers of our own server; made from these, never typed."""

from ..serving import HEADERS

# nginx does not know this one, and takes it for a download.
TYPES = ("application/wasm wasm", "text/javascript js mjs")


def nginx(folder: str, name: str = "notes.example.org") -> str:
    """A server block; TLS is left to the reader's own."""
    headers = "\n".join(f'    add_header {name} "{value}" always;' for name, value in HEADERS.items())
    types = "\n".join(f"        {line};" for line in TYPES)
    return f"""server {{
    listen 80;
    server_name {name};
    root {folder};
    index index.html;
    autoindex off;

    # Threads and WebGPU ask for https (or localhost): put your certificate here.
{headers}

    include mime.types;
    types {{
{types}
    }}
    location / {{
        limit_except GET HEAD {{ deny all; }}
        try_files $uri $uri/ =404;
    }}
}}
"""


def caddy(folder: str, name: str = "notes.example.org") -> str:
    headers = "\n".join(f'        {name} "{value}"' for name, value in HEADERS.items())
    return f"""{name} {{
    root * {folder}
    header {{
{headers}
        -Server
    }}
    file_server
}}
"""


def policy_meta() -> str:
    """The policy as an element of the page, for a host that lets no policy be set as a header. ``frame-ancestors`` counts only in
    a header, and is left out."""
    parts = [part.strip() for part in HEADERS["Content-Security-Policy"].split(";")]
    policy = "; ".join(part for part in parts if part and not part.startswith("frame-ancestors"))
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def static_space_headers() -> dict[str, str]:
    """The headers that a static Space may set, out of ours."""
    return {name.lower(): value for name, value in HEADERS.items() if name.startswith("Cross-Origin-")}
