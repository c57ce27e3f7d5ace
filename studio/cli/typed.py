"""The command as it was typed, so that what it makes can say how to make it again."""

import shlex

import click
from click.core import ParameterSource

# Where the workspace is and how the answer is printed change nothing of what is made.
_UNSAID = ("home", "as_json")


def typed() -> str:
    """``scribeloop score --references a.csv ...``: the present command with the options that were given, paths as given."""
    context = click.get_current_context()
    words = context.command_path.split()
    words[0] = "scribeloop"
    for option in context.command.params:
        value = context.params.get(option.name)
        if option.name in _UNSAID or context.get_parameter_source(option.name) != ParameterSource.COMMANDLINE:
            continue
        words += _words(option, value)
    return shlex.join(words)


def _words(option: click.Parameter, value) -> list[str]:
    if isinstance(option, click.Argument):
        return [str(value)]
    if isinstance(value, bool):
        return [(option.opts if value else option.secondary_opts or option.opts)[-1]]
    return [word for one in (value if option.multiple else [value]) for word in (option.opts[-1], str(one))]


class Names(click.ParamType):
    """Several words of a fixed set, with commas between them."""

    name = "names"

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        words = [word.strip() for word in value.split(",") if word.strip()]
        for word in words:
            if word not in self.known:
                self.fail(f"{word!r} is not one of {', '.join(self.known)}.", param, ctx)
        return Listed(words)


class Listed(tuple):
    """Words that were typed as one, with commas."""

    def __str__(self) -> str:
        return ",".join(self)
