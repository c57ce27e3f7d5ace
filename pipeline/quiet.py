"""Silence for libraries that draw progress bars of their own where ours are the ones to be read."""

import contextlib
import io
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_transformers(bars_of_all_kinds: bool = False) -> Iterator[None]:
    """No bars and no remarks from transformers meanwhile; errors still raise. Some of its bars ask no setting and go to stderr
    whatever is set: ``bars_of_all_kinds`` holds stderr back for the whole process, so only for short work."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with contextlib.redirect_stderr(io.StringIO()) if bars_of_all_kinds else contextlib.nullcontext():
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
