"""axe-core, the accessibility checker, in a page under test. npm fetches it once a session, as ``tests/npm`` pins it; MPL-2.0,
and no part of what ships.
"""

import shutil
from pathlib import Path
from typing import Any

from exports.vendor import npm_ci

NPM = Path(__file__).resolve().parents[1] / "npm"
# Colours that change slowly would be measured half way.
AT_ONCE = "*, *::before, *::after { transition: none !important; animation: none !important; }"
FIND = """async ([within, only]) => (await axe.run(within, {resultTypes: ['violations'], ...only})).violations
  .filter(({impact}) => ['serious', 'critical'].includes(impact))
  .flatMap(({id, impact, nodes}) => nodes.map(({target, html, any}) =>
    `${impact} ${id} ${target.join(' ')} ${html.slice(0, 160)} ${any.map(({message}) => message).join(' ')}`))"""


def fetch_axe(folder: Path) -> str:
    """The checker's script, fetched into an empty folder."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(NPM / name, folder / name)
    npm_ci(folder)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def findings(page: Any, script: str, within: str = "html") -> list[str]:
    """Every serious or critical finding on the page, or a part of it, as it stands; in the dark only the colours are another
    matter."""
    if not page.evaluate("'axe' in window"):
        page.add_style_tag(content=AT_ONCE)
        page.evaluate(script)
    found = []
    for scheme, only in (("dark", {"runOnly": ["color-contrast"]}), ("light", {})):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(dark) => document.body.classList.contains('dark') === dark", arg=scheme == "dark")
        found += [f"{scheme}: {one}" for one in page.evaluate(FIND, [within, only])]
    return found


def unfit(page: Any, script: str) -> list[str]:
    """The same on the browser page, in both colour schemes; its policy allows no style tag and no waiting for a function."""
    page.evaluate(script)
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(FIND, ["html", {}])
    return found
