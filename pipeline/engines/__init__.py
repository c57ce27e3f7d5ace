"""Engines write notes; all of them keep one protocol."""

from .protocol import Draft, Engine, Piece, Request

__all__ = ["Draft", "Engine", "Piece", "Request"]
