"""One training at a time on a machine: two would halve each other's speed and double the memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotations import Conflict

POLL = 0.5  # seconds between two looks of a run that waits for its turn
BUSY = (
    "Another training is running on this machine{which}; only one runs at a time. "
    "Wait for it (scribeloop runs list), or stop it with: scribeloop runs cancel {id}"
)


def lock_path() -> Path:
    """Where the lock of this user on this machine lies; it is free again when its process ends, however it ends."""
    import platformdirs

    return Path(platformdirs.user_state_dir("scribeloop", appauthor=False)) / "training.lock"


@contextmanager
def my_turn(is_first: Callable[[], bool], given_up: Callable[[], bool]) -> Iterator[bool]:
    """Wait in line for the lock: whoever is first tries, until it is free or waiting is given up. Yields whether it is held."""
    from filelock import FileLock, Timeout

    path = lock_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    while not given_up():
        if is_first():
            try:
                lock.acquire(timeout=0)
            except Timeout:
                pass
            else:
                break
        time.sleep(POLL)
    try:
        yield lock.is_locked
    finally:
        lock.release()


@contextmanager
def training_lock(which: str = "", id: str = "RUN", patience: float = 5) -> Iterator[None]:
    """Hold the lock, or raise Conflict after ``patience`` seconds: a killed process keeps it until its last thread has ended."""
    from filelock import FileLock, Timeout

    path = lock_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise Conflict(BUSY.format(which=which, id=id)) from None
    try:
        yield
    finally:
        lock.release()
