"""What something cost, in words."""


def dollars(usd: float) -> str:
    """With cents, below a dollar with hundredths of them: a small model's answer costs less than a cent."""
    return f"{usd:,.2f} US dollars" if usd >= 1 or usd == 0 else f"{usd:.4f} US dollars"


def cost(tokens: int, usd: float | None) -> str:
    """Tokens, and dollars where prices are known."""
    return f"{tokens:,} tokens" + (f", {dollars(usd)}" if usd else "")
