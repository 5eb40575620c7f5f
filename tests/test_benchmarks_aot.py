"""Compiling for accelerators that are not there: what is read from programs, and how compilers are run."""

import sys

import pytest

pytest.importorskip("typer")

import typer

from benchmarks import aot, aot_tables
from benchmarks.aot_estimate import estimate
from benchmarks.aot_targets import GPU, TARGETS, TPU
from benchmarks.aot_venv import VenvError, python_for
from benchmarks.cases import CASES
from benchmarks.sampling_cases import CASES as SAMPLE_CASES

PROGRAM = """HloModule jit_f, is_scheduled=true

%body.1 (state.1: (s32[], f32[8])) -> (s32[], f32[8]) {
  %state.1 = (s32[]{:T(128)}, f32[8]{0:T(256)}) parameter(0)
  %get.1 = s32[]{:T(128)} get-tuple-element(%state.1), index=0
  %add.1 = s32[]{:T(128)} add(%get.1, %get.1), backend_config={"flag_configs":[]}
  %copy.1 = f32[8]{0:T(256)} copy(%get.2), backend_config={"window_config":{"estimated_cycles":"10"}}
  ROOT %tuple.1 = (s32[]{:T(128)}, f32[8]{0:T(256)}) tuple(%add.1, %copy.1)
}

%condition.1 (state.2: (s32[], f32[8])) -> pred[] {
  %limit.1 = s32[]{:T(128)} constant(16)
  %state.2 = (s32[]{:T(128)}, f32[8]{0:T(256)}) parameter(0)
  %get.3 = s32[]{:T(128)} get-tuple-element(%state.2), index=0
  ROOT %lt.1 = pred[]{:T(512)} compare(%get.3, %limit.1), direction=LT
}

%inner.1 (p.1: f32[8]) -> f32[8] {
  ROOT %convolution.1 = f32[8]{0:T(256)} convolution(%p.1, %p.1), backend_config={"estimated_cycles":"999"}
}

%cheap.1 (p.2: f32[8]) -> f32[8] {
  ROOT %copy.2 = f32[8]{0:T(256)} copy(%p.2), backend_config={"window_config":{"estimated_cycles":"3"}}
}

%dear.1 (p.3: f32[8]) -> f32[8] {
  ROOT %copy.3 = f32[8]{0:T(256)} copy(%p.3), backend_config={"window_config":{"estimated_cycles":"5"}}
}

ENTRY %main.1 (x.1: f32[8]) -> f32[8] {
  %x.1 = f32[8]{0:T(256)} parameter(0)
  %copy-start.1 = (f32[8]{0:T(256)S(1)}, f32[8]{0:T(256)}, u32[]{:S(2)}) copy-start(%x.1)
  %copy-done.1 = f32[8]{0:T(256)S(1)} copy-done(%copy-start.1)
  %f.1 = f32[8]{0} fusion(%x.1), kind=kOutput, calls=%inner.1, backend_config={"estimated_cycles":"1000"}
  %gather_fusion.7 = f32[8]{0:T(256)} fusion(%f.1), kind=kCustom, calls=%inner.1, backend_config={}
  %while.1 = (s32[]{:T(128)}, f32[8]{0:T(256)}) while(%tuple.9), condition=%condition.1, body=%body.1
  ROOT %if.1 = f32[8]{0:T(256)} conditional(%p, %x, %x), branch_computations={%cheap.1, %dear.1}
}
"""


def test_cycles_are_those_of_what_runs():
    found = estimate(PROGRAM, TPU.cost)
    assert found.cost == 1000 + 16 * 10 + 5  # the inside of a fusion is not counted again
    assert found.instructions == 1 + 16 + 1
    assert found.left_out == {"copy-start": 1, "gather": 1}


def test_the_compilers_count_of_trips_comes_first():
    known = PROGRAM.replace("body=%body.1", 'body=%body.1, backend_config={"known_trip_count":{"n":"3"}}')
    assert estimate(known, TPU.cost).cost == 1000 + 3 * 10 + 5


def test_a_loop_of_unknown_length_counts_once_and_says_so():
    unknown = PROGRAM.replace("constant(16)", "parameter(1)")
    found = estimate(unknown, TPU.cost)
    assert found.cost == 1000 + 10 + 5
    assert found.left_out["while"] == 1


def test_text_that_is_no_program_is_refused():
    with pytest.raises(ValueError, match="`text` must be a program"):
        estimate("module @jit_f {}", TPU.cost)


def test_times_of_a_gpu_are_the_first_of_each_kernel():
    models = '[{"exec_time_us":2.5,"name":""},{"exec_time_us":9.0,"name":"sol"}]'
    text = PROGRAM.replace('{"estimated_cycles":"1000"}', f'{{"reification_cost":{models}}}')
    found = estimate(text, GPU.cost)
    assert (found.cost, found.instructions) == (2.5, 1)
    assert found.left_out == {"copy-start": 1, "gather": 1, "copy": 2}


def program(target, library, lowering, direction, cost, **left_out):
    sizes = dict.fromkeys(("compile_s", "program_bytes", "temp_bytes", "bytes_accessed", "flops"), 1024)
    named = {"case": "one", "dtype": "float32", "library": library, "lowering": lowering}
    return {**named, "direction": direction, target.unit: cost, "left_out": left_out, **sizes}


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_tables_give_ratios_only_where_the_estimates_are_whole(target):
    one = target.shown[1]
    programs = [{"case": "one", "dtype": "float32", "library": "copy", "lowering": None, "direction": "both"}]
    programs[0][target.unit] = one
    for direction in ("forward", "backward"):
        programs.append(program(target, "jax.image", None, direction, 8 * one))
        programs.append(program(target, "ours", "auto", direction, 4 * one, **{"copy-start": 1}))
        programs.append(program(target, "ours", "gather", direction, 2 * one, gather=1))
        programs.append(program(target, "ours", "matrix", direction, 16 * one))
    results = {"benchmark": f"{target.name}-any", "topology": "any", "programs": programs}
    forward, _, sizes = aot_tables.tables(results)
    row = forward.rows[0]
    assert [cell.text for cell in row] == ["one", "1", "8", "4 (2.00x)", "2+", "16 (0.50x)"]
    assert [cell.loss for cell in row] == [False] * 5 + [True]
    assert [cell.text for cell in forward.rows[1]] == ["geometric mean", "", "", "2.00x", "", "0.50x"]
    assert len(sizes.rows) == 2


def test_sampling_has_a_table_with_ratios_where_there_is_a_peer():
    cells = [
        {**program(GPU, library, None, direction, cost), "layout": "channels_last"}
        for library, cost in (("ours", 2.0), ("jax.scipy", 6.0))
        for direction in ("forward", "both")
    ]
    alone = [{**cell, "case": "cubic"} for cell in cells[:2]]
    cells[1]["left_out"] = {"sort": 1}
    results = {"topology": "h100", "sampling": [*cells, *alone]}
    table = aot_tables.tables({**results, "benchmark": "gpu-h100", "programs": []})[-1]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["one, channels last", "6", "2 (3.00x)", "6", "2+"],
        ["cubic, channels last", "", "2", "", "2"],
    ]


def executable(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_an_environment_for_another_jax_is_refused(tmp_path):
    executable(tmp_path / "bin" / "python", "echo 0.1.2")
    with pytest.raises(VenvError, match=r"has jax 0\.1\.2 and jax-cuda12-pjrt for it, not"):
        python_for(GPU, tmp_path, pytest.fail)


def test_programs_of_several_compilers_come_in_the_order_of_the_cases(tmp_path):
    script = tmp_path / "worker.py"
    script.write_text(
        "import json, sys\n"
        "print(json.dumps({'compiler': '1'}))\n"
        "job = json.load(sys.stdin)\n"
        "for name in reversed(job['cases'] + job['sampling']):\n"
        "    print(json.dumps({'case': name}))\n"
    )
    python = executable(tmp_path / "python", f"exec {sys.executable} {script}")
    head, *found = aot.compile_all(python, TPU, {"kind": "v5e"}, CASES[:5], SAMPLE_CASES[:3], 2)
    assert head == {"compiler": "1"}
    for programs, cases in zip(found, (CASES[:5], SAMPLE_CASES[:3]), strict=True):
        assert [one["case"] for one in programs] == [case.name for case in cases]


def test_a_compiler_that_fails_ends_the_command_with_its_words(tmp_path, capsys):
    python = executable(tmp_path / "python", "echo no such topology >&2; exit 3")
    with pytest.raises(typer.Exit):
        aot.compile_all(python, TPU, {"kind": "v0"}, CASES[:1], (), 1)
    assert "status 3" in (said := capsys.readouterr().err)
    assert "no such topology" in said
