"""What can go wrong, as one small tree; the command line and the screen show ``str(error)`` and nothing else.

    ScribeloopError
    ├── BadInput      a file, text or argument cannot be used as it is
    ├── NotFound      an id or a name that nothing here carries
    ├── Conflict      something is there already, or was changed meanwhile, and differs
    ├── Refused       a rule of the house forbids it (test split, changed inputs, another base)
    ├── Unavailable   a part of this machine or network is missing: a port, a browser, a model source, disk space
    └── Damaged       stored bytes are not what their hash says

The message is one sentence or two: what happened, what was expected, what to do next.
"""


class ScribeloopError(Exception):
    """The base of every failure that the user can mend; anything else is a bug and keeps its traceback."""


class BadInput(ScribeloopError):
    pass


class NotFound(ScribeloopError):
    pass


class Conflict(ScribeloopError):
    pass


class Refused(ScribeloopError):
    pass


class Unavailable(ScribeloopError):
    pass


class Damaged(ScribeloopError):
    pass
