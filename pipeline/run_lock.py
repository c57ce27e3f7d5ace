"""One training at a time on a machine: two would halve each other's speed and double the memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotations import Conflict

BUSY = (
    "Another training is running on this machine{which}; only one runs at a time. "
    "Wait for it (scribeloop runs list), or stop it with: scribeloop runs cancel {id}"
)


def lock_path() -> Path:
    """Where the lock of this user on this machine lies; it is free again when its process ends, however it ends."""
    import platformdirs

    return Path(platformdirs.user_state_dir("scribeloop", appauthor=False)) / "training.lock"


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
