"""Records ONNX 1.23: the node test cases of the package, and its reference evaluator's answers.

python -m tests.golden.record_onnx           writes the file beside this script, whole or not at all
python -m tests.golden.record_onnx --check   re-records and compares with the committed file
"""

import sys
import warnings
from typing import Any

import numpy as np
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

from .onnx_calls import CALLS, FILE, OPSETS, Call, packed
from .recording import Answers, command


def evaluate(call: Call) -> np.ndarray:
    """What ``onnx.reference`` answers to a call."""
    return ReferenceEvaluator(model(call)).run(None, call.inputs)[0]  # type: ignore[return-value]


def model(call: Call) -> onnx.ModelProto:
    """A model of one node; inputs that the call leaves out have empty names."""
    schema = onnx.defs.get_schema(call.operator, OPSETS[call.operator])
    names = [i.name if i.name in call.inputs else "" for i in schema.inputs]
    while not names[-1]:
        names.pop()
    node = helper.make_node(call.operator, names, ["Y"], **call.attributes)
    tensors = [
        helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for key, value in call.inputs.items()
    ]
    first = tensors[0].type.tensor_type.elem_type
    graph = helper.make_graph([node], "g", tensors, [helper.make_tensor_value_info("Y", first, None)])
    opset = helper.make_opsetid("", OPSETS[call.operator])
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


def node_cases() -> list[tuple[Call, np.ndarray]]:
    """The package's node test cases of our operators, with the outputs that it asks for."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cases of other operators overflow on purpose
        cases = [case for case in collect_testcases(None) if case.model is not None]
    return [_node_case(case) for case in cases if _operators(case) in [{name} for name in OPSETS]]


def _operators(case: Any) -> set[str]:
    return {node.op_type for node in case.model.graph.node}


def _node_case(case: Any) -> tuple[Call, np.ndarray]:
    (node,) = case.model.graph.node
    ((tensors, (output,)),) = case.data_sets
    order = [i.name for i in onnx.defs.get_schema(node.op_type, OPSETS[node.op_type]).inputs]
    named = [key for key, given in zip(order, node.input, strict=False) if given]
    attributes = {a.name: _plain(helper.get_attribute_value(a)) for a in node.attribute}
    inputs = dict(zip(named, map(np.asarray, tensors), strict=True))
    return Call(case.name, node.op_type, inputs, attributes), output


def _plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def record() -> Answers:
    """Every node case and every answer."""
    return packed([*node_cases(), *((call, evaluate(call)) for call in CALLS)])


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="ONNX", installed=onnx.__version__))
