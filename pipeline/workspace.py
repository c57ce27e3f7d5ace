"""The one folder that holds all state: the database, datasets, runs, models, browser sites and the cache."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotations import Pool, Store, open_store


@dataclass(frozen=True)
class Workspace:
    """Paths below ``home``; a folder is made when something first needs it. ``pool`` is where a server's stores come from."""

    home: Path
    pool: Pool | None = field(default=None, compare=False, repr=False)

    @property
    def db_path(self) -> Path:
        return self.home / "studio.db"

    @property
    def datasets(self) -> Path:
        return self._folder("datasets")

    @property
    def runs(self) -> Path:
        return self._folder("runs")

    @property
    def reports(self) -> Path:
        """Reports on models that no run here has made."""
        return self._folder("reports")

    @property
    def models(self) -> Path:
        return self._folder("models")

    @property
    def browser(self) -> Path:
        return self._folder("browser")

    @property
    def cache(self) -> Path:
        return self._folder("cache")

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open database, migrated, with its local user, for one act of one thread."""
        self.home.mkdir(parents=True, exist_ok=True)
        lent = self.pool.lend() if self.pool else closing(open_store(self.db_path))
        with lent as store:
            yield store

    @contextmanager
    def kept_open(self) -> Iterator["Workspace"]:
        """This workspace for a server: the database stays open between the acts, until the block ends."""
        with closing(Pool(self.db_path)) as pool:
            yield replace(self, pool=pool)

    def _folder(self, name: str) -> Path:
        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def open_workspace(home: str | os.PathLike | None = None) -> Workspace:
    """The workspace at ``home``, else at ``$SCRIBELOOP_HOME``, else in the platform's user data folder."""
    import platformdirs

    chosen = home or os.environ.get("SCRIBELOOP_HOME") or platformdirs.user_data_dir("scribeloop", appauthor=False)
    return Workspace(Path(chosen).expanduser().resolve())
