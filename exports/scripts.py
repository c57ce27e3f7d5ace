"""The scripts that the browser site and the studio share: pure functions on texts, and the making of nodes.

They lie in the site's folder, as the modules that it needs. A component of the studio joins its scripts into one scope, and takes
these from here.
"""

import re
from pathlib import Path

PAGE = Path(__file__).with_name("page")
_IMPORTED = re.compile(r"""from '\./([\w.-]+\.js)';""")
_OF_MODULES = re.compile(r"^import .*\n|^export ", re.MULTILINE)


def imported(*names: str) -> list[str]:
    """The page's modules that those of these names import, those that theirs import, and so on; near ones first, each once."""
    found = list(names)
    for name in found:
        found += [one for one in _IMPORTED.findall((PAGE / name).read_text(encoding="utf-8")) if one not in found]
    return found[len(names) :]


def plain_script(name: str) -> str:
    """The site's module of this name without its imports and exports."""
    return _OF_MODULES.sub("", (PAGE / f"{name}.js").read_text(encoding="utf-8"))
