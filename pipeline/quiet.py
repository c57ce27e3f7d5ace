"""Libraries without what is of no use here: progress bars of their own, and imports that take seconds."""

import contextlib
import importlib
import io
import sys
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


def lean_transformers() -> None:
    """Import the part of transformers that loads models, without scikit-learn: that is taken in for one curve of assisted
    generation, which nothing here uses, and costs a third of the import's time."""
    part = "transformers.generation.candidate_generator"
    if part in sys.modules:
        return
    import transformers.utils

    asked = transformers.utils.is_sklearn_available
    transformers.utils.is_sklearn_available = lambda: False
    try:
        importlib.import_module(part)
    finally:
        transformers.utils.is_sklearn_available = asked
