"""Open stores of one database file, lent to one caller at a time, for a program that answers many requests in many threads.

Opening and closing cost more than most acts: the last connection to close writes the whole log back into the file. Callers of one
process that want to write queue up at a lock, because SQLite's own waiting looks again only after ever longer sleeps.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from .store import Store, open_store


class Pool:
    """Never more stores than were in use at once. A store whose file was replaced meanwhile (by a restored backup, say) is not
    lent again: what it wrote would go into a file that nobody reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._idle: list[_Kept] = []
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[Store]:
        kept = self._take()
        try:
            yield kept.store
        finally:
            # Whatever went wrong in an act, the next borrower starts outside of it.
            kept.store.db.rollback()
            self._idle.append(kept)
            if self._closed:
                self.close()

    def close(self) -> None:
        """Close what is idle now, and what is still lent as it comes back."""
        self._closed = True
        while kept := self._pop():
            kept.store.close()

    def _take(self) -> "_Kept":
        while kept := self._pop():
            if kept.file == _identity(self.path):
                return kept
            kept.store.close()
        return _Kept(open_store(self.path, self._turn), _identity(self.path))

    def _pop(self) -> "_Kept | None":
        # Asking first and taking then would be two steps, between which another thread may take the last one.
        with suppress(IndexError):
            return self._idle.pop()


class _Kept(NamedTuple):
    store: Store
    file: tuple[int, int] | None


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at this path, whatever is written into it."""
    with suppress(FileNotFoundError):
        found = path.stat()
        return found.st_dev, found.st_ino
