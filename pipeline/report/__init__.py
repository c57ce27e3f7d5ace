"""Reports as values and files: tables with everything they leave in, and where each says what made it.

Nothing here reads the workspace: pages, summaries and tables are functions of what was found.
"""

from .evaluation_tables import evaluation_tables
from .leaving import write_files, write_tables
from .made import Made, data_hash, made_from, made_now
from .methods import in_short, methods
from .page import as_html
from .score_tables import score_tables
from .summary import summary
from .table import Column, Estimate, Link, Table, columns, estimate

__all__ = [
    "Column",
    "Estimate",
    "Link",
    "Made",
    "Table",
    "as_html",
    "columns",
    "data_hash",
    "estimate",
    "evaluation_tables",
    "in_short",
    "made_from",
    "made_now",
    "methods",
    "score_tables",
    "summary",
    "write_files",
    "write_tables",
]
