"""Llama's layers with fewer passes over memory while they train on a CPU, where these take longer than the products.

The sums are those of transformers and PEFT. This file imports torch: import it only in the process that trains.
"""

from functools import partial
from typing import Any

import torch
from peft.tuners.lora.layer import Linear, LoraVariant


def make_lean(model: Any) -> None:
    """Change the layers of a PEFT model that computes in bfloat16 under autocast; norms whose weights learn stay as they are."""
    for module in model.modules():
        if isinstance(module, Linear):
            # PEFT would take each input to the adapter's float32, and autocast back.
            module.cast_input_dtype_enabled = False
            module.lora_variant["default"] = Folded()
        elif hasattr(module, "variance_epsilon") and not module.weight.requires_grad:
            module.forward = partial(_normed, module)


class Folded(LoraVariant):
    """The scaling is put on the few numbers between A and B, and the addition is a part of the product with B: the many numbers
    of the result are passed over once instead of three times."""

    @staticmethod
    def forward(module: Any, active_adapter: str, x: Any, result: Any, **_: Any) -> Any:
        between = module.lora_A[active_adapter](module.lora_dropout[active_adapter](x)) * module.scaling[active_adapter]
        b = module.lora_B[active_adapter].weight.t()
        return torch.addmm(result.flatten(0, -2), between.flatten(0, -2), b).view_as(result)


def _normed(module: Any, hidden_states: Any) -> Any:
    return Norm.apply(hidden_states, module.weight, module.variance_epsilon)


class Norm(torch.autograd.Function):
    """The root mean square norm with a fixed weight. Of what it computes only the input is kept for the way back."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, epsilon: float) -> Any:
        squares = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32).square_()
        scale = squares.div_(x.shape[-1]).add_(epsilon).rsqrt_()
        ctx.save_for_backward(x, weight, scale)
        return torch.mul(x, scale, out=torch.empty_like(x)).mul_(weight)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> tuple[Any, None, None]:
        x, weight, scale = ctx.saved_tensors
        normed = torch.mul(x, scale, out=torch.empty_like(x))
        inner = gradient * weight
        share = (inner * normed).mean(-1, keepdim=True, dtype=torch.float32)
        inner.addcmul_(normed, share.to(inner.dtype), value=-1)
        return torch.mul(inner, scale, out=inner), None, None
