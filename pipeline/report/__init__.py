"""Reports as values and files: tables with everything they leave in, and where each says what made it."""

from .leaving import write_files, write_tables
from .made import Made, data_hash, made_from, made_now
from .score_tables import score_tables
from .table import Column, Estimate, Link, Table, columns, estimate

__all__ = [
    "Column",
    "Estimate",
    "Link",
    "Made",
    "Table",
    "columns",
    "data_hash",
    "estimate",
    "made_from",
    "made_now",
    "score_tables",
    "write_files",
    "write_tables",
]
