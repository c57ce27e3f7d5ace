"""Snippets for nginx and Caddy that serve a published folder with the headers of our own server; made from these, never typed."""

# Types that some servers do not know.
TYPES = ("application/wasm wasm", "text/javascript js mjs")
NAME = "notes.example.org"


def nginx(folder: str, headers: dict[str, str]) -> str:
    """A server block; the name and the certificate are left to the reader."""
    sent = "\n".join(f'    add_header {name} "{value}" always;' for name, value in headers.items())
    types = "\n".join(f"        {line};" for line in TYPES)
    return f"""# WebGPU and threads ask for https (or localhost): put your certificate here.
server {{
    listen 80;
    server_name {NAME};
    root "{folder}";
    index index.html;
    autoindex off;

{sent}

    include mime.types;
    types {{
{types}
    }}
    location / {{
        limit_except GET {{ deny all; }}
        try_files $uri $uri/ =404;
    }}
    location /server/ {{
        return 404;
    }}
}}
"""


def caddy(folder: str, headers: dict[str, str]) -> str:
    """A site block; Caddy sees to the certificate."""
    sent = "\n".join(f'        {name} "{value}"' for name, value in headers.items())
    return f"""{NAME} {{
    root * "{folder}"
    header {{
{sent}
    }}
    respond /server/* 404
    file_server
}}
"""


def static_space_headers(headers: dict[str, str]) -> dict[str, str]:
    """Those of the headers that a static Space may set: its host knows three."""
    return {name.lower(): value for name, value in headers.items() if name.startswith("Cross-Origin-")}
