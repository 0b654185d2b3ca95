"""Controllers as ONNX nodes: features (B, F), state, elapsed -> output (B,) before scaling, and next state (B, S)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wormdrive.training.export.controllers import ClosedForm, Controller, Dense, Liquid, Recurrent
from wormdrive.training.export.onnx_nodes import OnnxGraph

__all__ = ["closed_form_step", "control", "liquid_step"]


def control(graph: OnnxGraph, controller: Controller, features: str) -> tuple[str, str]:
    """Add a controller's nodes; return the names of its output (B,) and of the next state."""
    if isinstance(controller, Dense):
        return _dense(graph, controller, features), "state"
    if isinstance(controller, Recurrent):
        return _recurrent(graph, controller, features)
    if isinstance(controller, ClosedForm):
        state = closed_form_step(graph, controller, features, "state")
    else:
        state = liquid_step(graph, controller, features, "state")
    return _read_motor(graph, state, controller.output_gain, controller.output_bias), state


def _dense(graph: OnnxGraph, dense: Dense, features: str) -> str:
    hidden = graph.add("MatMul", features, graph.floats(dense.hidden_weight.T, "hidden_weight"))
    hidden = graph.add("Relu", graph.add("Add", hidden, graph.floats(dense.hidden_bias, "hidden_bias")))
    # A matrix times a vector has no last axis: (B,).
    output = graph.add("MatMul", hidden, graph.floats(dense.output_weight, "output_weight"))
    return graph.add("Add", output, graph.scalar(dense.output_bias))


def liquid_step(graph: OnnxGraph, cell: Liquid, features: str, state: str) -> str:
    """Potentials after a sample, (B, N); see ``agents.cells.ltc_solver``."""
    N, first_inner = cell.state_size, cell.sensory_count
    synapses = np.arange(len(cell.targets))
    # Sums over each neuron's synapses are products with an (E, 2N) matrix: N columns w E sigmoid, then N of w sigmoid.
    collect = np.zeros((len(synapses), 2 * N), np.float32)
    collect[synapses, cell.targets] = cell.weight * cell.reversal
    collect[synapses, cell.targets + N] = cell.weight

    def gates(group: slice) -> Callable[[str], str]:
        sources = graph.whole(*cell.sources[group].tolist())
        midpoint, slope = graph.floats(cell.midpoint[group], "midpoint"), graph.floats(cell.slope[group], "slope")

        def gate(values: str) -> str:
            beyond = graph.add("Sub", graph.add("Gather", values, sources, axis=1), midpoint)
            return graph.add("Sigmoid", graph.add("Mul", beyond, slope))

        return gate

    sensory = graph.add("Mul", features, graph.floats(cell.input_gain, "input_gain"))
    sensory = graph.add("Add", sensory, graph.floats(cell.input_bias, "input_bias"))
    h = graph.add("Unsqueeze", graph.add("Div", "elapsed", graph.scalar(cell.unfolds)), graph.whole(1))
    leak = graph.floats(np.concatenate([cell.leak * cell.rest, cell.leak]), "leak")
    driven = gates(slice(first_inner))(sensory)
    driven = graph.add("MatMul", driven, graph.floats(collect[:first_inner], "collect"))
    fixed = graph.add("Mul", h, graph.add("Add", driven, leak))
    capacitance = graph.floats(cell.capacitance, "capacitance")
    # The semi-implicit step: see agents.cells.ltc_solver.
    fixed_top = graph.slice(fixed, 0, N)
    fixed_bottom = graph.add("Add", capacitance, graph.slice(fixed, N, 2 * N))
    inner_collect, gate = graph.floats(collect[first_inner:], "collect"), gates(slice(first_inner, None))
    v = state
    for _ in range(cell.unfolds):
        moving = graph.add("Mul", h, graph.add("MatMul", gate(v), inner_collect))
        top = graph.add("Add", fixed_top, graph.add("Mul", capacitance, v))
        top = graph.add("Add", top, graph.slice(moving, 0, N))
        v = graph.add("Div", top, graph.add("Add", fixed_bottom, graph.slice(moving, N, 2 * N)))
    return v


def closed_form_step(graph: OnnxGraph, cell: ClosedForm, features: str, state: str) -> str:
    """Activity after a sample, (B, N); see ``agents.cells.cfc_solver``.

    What is heard lies in a (B, 4 N) matrix: potentials, rate and shift.
    """
    F, N = cell.features, cell.state_size
    matrix = np.zeros((F + 2 * N, 4, N), np.float32)
    heads = np.arange(4)[:, None]
    matrix[cell.sources, heads, cell.targets] = cell.weight
    matrix[F + np.arange(N), heads, np.arange(N)] += cell.memory
    from_features, from_old, from_new = np.split(matrix, [F, F + N])
    heard = graph.add("MatMul", features, graph.floats(from_features.reshape(F, -1), "sensory_weight"))
    heard = graph.add("Add", heard, graph.floats(cell.bias.reshape(-1), "bias"))
    heard = graph.add("Add", heard, graph.add("MatMul", state, graph.floats(from_old.reshape(N, -1), "weight")))
    time = graph.add("Unsqueeze", "elapsed", graph.whole(1))
    one, moved = graph.scalar(1.0), ""
    earlier: list[int] = []
    for turn in cell.turns:
        columns = [head * N + int(neuron) for head in range(4) for neuron in turn]
        now = graph.add("Gather", heard, graph.whole(*columns), axis=1)
        if earlier:
            new = from_new[earlier][:, :, turn].reshape(len(earlier), -1)
            now = graph.add("Add", now, graph.add("MatMul", moved, graph.floats(new, "weight")))
        near, far, rate, shift = (graph.slice(now, k * len(turn), (k + 1) * len(turn)) for k in range(4))
        gate = graph.add("Sigmoid", graph.add("Add", graph.add("Mul", rate, time), shift))
        stays = graph.add("Mul", graph.add("Sub", one, gate), graph.add("Tanh", near))
        new_activity = graph.add("Add", stays, graph.add("Mul", gate, graph.add("Tanh", far)))
        moved = graph.add("Concat", moved, new_activity, axis=1) if earlier else new_activity
        earlier += [int(neuron) for neuron in turn]
    return graph.add("Gather", moved, graph.whole(*np.argsort(earlier).tolist()), axis=1)


def _recurrent(graph: OnnxGraph, cell: Recurrent, features: str) -> tuple[str, str]:
    """See ``lstm``, ``gru`` and ``ctrnn`` in ``agents.cells``."""
    driven = graph.add("MatMul", features, graph.floats(cell.input_weight.T, "input_weight"))
    driven = graph.add("Add", driven, graph.floats(cell.bias, "bias"))
    if cell.kind == "lstm":
        activity, state = _lstm(graph, cell, driven)
    else:
        activity = state = _gru(graph, cell, driven) if cell.kind.startswith("gru") else _ctrnn(graph, cell, driven)
    output = graph.add("MatMul", activity, graph.floats(cell.output_weight, "output_weight"))
    return graph.add("Add", output, graph.scalar(cell.output_bias)), state


def _lstm(graph: OnnxGraph, cell: Recurrent, driven: str) -> tuple[str, str]:
    N = cell.neurons
    activity, kept = graph.slice("state", 0, N), graph.slice("state", N, 2 * N)
    gates = graph.add("Add", driven, graph.add("MatMul", activity, graph.floats(cell.recurrent_weight.T, "weight")))
    write, keep, new, show = (graph.slice(gates, k * N, (k + 1) * N) for k in range(4))
    kept = graph.add("Mul", graph.add("Sigmoid", keep), kept)
    kept = graph.add("Add", kept, graph.add("Mul", graph.add("Sigmoid", write), graph.add("Tanh", new)))
    activity = graph.add("Mul", graph.add("Sigmoid", show), graph.add("Tanh", kept))
    return activity, graph.add("Concat", activity, kept, axis=1)


def _gru(graph: OnnxGraph, cell: Recurrent, driven: str) -> str:
    N = cell.neurons
    gates_weight = graph.floats(cell.recurrent_weight[: 2 * N].T, "weight")
    new_weight = graph.floats(cell.recurrent_weight[2 * N :].T, "weight")
    driven_gates, driven_new = graph.slice(driven, 0, 2 * N), graph.slice(driven, 2 * N, 3 * N)
    step, one, state = _step(graph, cell), graph.scalar(1.0), "state"
    for _ in range(cell.unfolds):
        gates = graph.add("Sigmoid", graph.add("Add", driven_gates, graph.add("MatMul", state, gates_weight)))
        reset, keep = graph.slice(gates, 0, N), graph.slice(gates, N, 2 * N)
        heard = graph.add("MatMul", graph.add("Mul", reset, state), new_weight)
        goal = graph.add("Tanh", graph.add("Add", driven_new, heard))
        if cell.kind == "gru_ode":
            keep = graph.add("Exp", graph.add("Mul", graph.add("Sub", keep, one), step))
        state = graph.add("Add", goal, graph.add("Mul", keep, graph.add("Sub", state, goal)))
    return state


def _ctrnn(graph: OnnxGraph, cell: Recurrent, driven: str) -> str:
    step, state = _step(graph, cell), "state"
    keep = graph.add("Exp", graph.add("Div", step, graph.floats(-cell.time_constants, "time_constant")))
    weight = graph.floats(cell.recurrent_weight.T, "weight")
    for _ in range(cell.unfolds):
        goal = graph.add("Tanh", graph.add("Add", driven, graph.add("MatMul", state, weight)))
        state = graph.add("Add", goal, graph.add("Mul", keep, graph.add("Sub", state, goal)))
    return state


def _step(graph: OnnxGraph, cell: Recurrent) -> str:
    """Length of an unfold, (B, 1)."""
    return graph.add("Unsqueeze", graph.add("Div", "elapsed", graph.scalar(cell.unfolds)), graph.whole(1))


def _read_motor(graph: OnnxGraph, state: str, gain: float, bias: float) -> str:
    """Map the first neuron's potential onto the output, (B,)."""
    motor = graph.add("Gather", state, graph.index(0), axis=1)
    return graph.add("Add", graph.add("Mul", motor, graph.scalar(gain)), graph.scalar(bias))
