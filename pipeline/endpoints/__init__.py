"""Asking a stronger model for something, wherever it runs: one mechanism for synthesis and for the judge.

Any OpenAI-compatible server will do (a hosted one, vLLM, llama.cpp, Ollama). Which ones may be asked stands in ``endpoints.toml``
of the workspace; what each answer cost stands in a ledger, line by line, before the answer is used.
"""

from .answers import AnswerFiles
from .batch import Gatherer, Later, answer_batch
from .budget import Budget, BudgetSpent
from .client import Client, Reply, Request
from .config import Endpoint, add_endpoint, find_endpoint, list_endpoints
from .ledger import Ledger, Spent
from .money import cost, dollars
from .paid import paid_once
from .privacy import check_real
from .prompt_files import Prompt, load_prompt
from .structured import NoUsableAnswer, ask_object, ask_text

__all__ = [
    "AnswerFiles",
    "Budget",
    "BudgetSpent",
    "Client",
    "Endpoint",
    "Gatherer",
    "Later",
    "Ledger",
    "NoUsableAnswer",
    "Prompt",
    "Reply",
    "Request",
    "Spent",
    "add_endpoint",
    "answer_batch",
    "ask_object",
    "ask_text",
    "check_real",
    "cost",
    "dollars",
    "find_endpoint",
    "list_endpoints",
    "load_prompt",
    "paid_once",
]
