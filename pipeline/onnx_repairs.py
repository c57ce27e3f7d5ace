"""What a graph of the builder needs before transformers.js 4 loads it, and before it is as small as it can be."""

import json
from pathlib import Path
from typing import Any

# Where the builder reads the embedding from a table of its own.
LOOKUP = "/model/embed_tokens/Gather"


def repair(raw: Path, graph: Path, tied: bool) -> Path:
    """Write the repaired graph to ``graph`` and its weights to ``<graph>_data``, the name that transformers.js asks for.

    ``tied`` says that the model's embedding and head are one table.
    """
    import onnx_ir

    config = json.loads((raw.parent / "genai_config.json").read_text(encoding="utf-8"))
    model = onnx_ir.load(raw)
    _fix_head_size(model, config["model"]["decoder"]["head_size"])
    if tied:
        _share_table(model)
    onnx_ir.save(model, graph, external_data=data_of(graph).name)
    return graph


def data_of(graph: Path) -> Path:
    """The file with the weights of ``graph``."""
    return graph.with_name(graph.name + "_data")


def _fix_head_size(model: Any, head_size: int) -> None:
    """transformers.js makes the first, empty KV cache from these shapes and takes a symbol that it does not know for 0."""
    import onnx_ir

    for value in (*model.graph.inputs, *model.graph.outputs):
        if value.name.startswith(("past_key_values.", "present.")):
            value.shape = onnx_ir.Shape([*value.shape[:-1], head_size])


def _share_table(model: Any) -> None:
    """Look the embedding up in the head's quantised table, where the builder has left it a float table of its own.

    The builder does so itself for a graph of 4 bits. A table whose rows are no whole number of blocks is left alone.
    """
    import onnx_ir

    nodes = {node.name: node for node in model.graph}
    lookup = nodes.get(LOOKUP)
    head = next((node for node in nodes.values() if node.op_type == "MatMulNBits" and node.name.startswith("/lm_head/")), None)
    if lookup is None or head is None:
        return
    weights, *scales = head.inputs[1:4]
    bits, block, width = (head.attributes[name].as_int() for name in ("bits", "block_size", "K"))
    if width % block:
        return
    shape = [weights.shape[0], width * bits // 8]
    rows = onnx_ir.val("/model/embed_tokens/rows", const_value=onnx_ir.tensor(shape, name="/model/embed_tokens/rows"))
    model.graph.register_initializer(rows)
    flat = onnx_ir.node("Reshape", [weights, rows], name="/model/embed_tokens/Reshape")
    table, tokens = flat.outputs[0], lookup.inputs[1]
    settings = {"bits": bits, "block_size": block, "gather_axis": 0, "quantize_axis": 1}
    shared = onnx_ir.node(
        "GatherBlockQuantized", [table, tokens, *scales], settings, domain="com.microsoft", name=f"{LOOKUP}BlockQuantized"
    )
    floats, found = lookup.inputs[0], lookup.outputs[0]
    table.name, table.dtype, table.shape = f"{flat.name}/output_0", onnx_ir.DataType.UINT8, onnx_ir.Shape(shape)
    made = shared.outputs[0]
    made.name, made.dtype, made.shape = f"{shared.name}/output_0", found.dtype, found.shape
    model.graph.insert_before(lookup, [flat, shared])
    found.replace_all_uses_with(made)
    model.graph.remove(lookup, safe=True)
    del model.graph.initializers[floats.name]
