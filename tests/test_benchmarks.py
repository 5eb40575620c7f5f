"""The benchmarks: their cases, their statistics, the peers they time and the report they make."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from benchmarks import cases, peers, ratios, running, scaling, tables, timing
from benchmarks.__main__ import build
from benchmarks.cases import CASES, LAYOUTS, Case, Layout
from benchmarks.timing import Call, Settings
from jax_resample.interpolate import MODES

BRIEF = Settings(repeats=1, sample_s=0.0)
ROOT = Path(__file__).parent.parent


# --- the table of cases


def test_case_names_are_unique_words():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert not any(set(name) & set(" _*?") for name in names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_fits_its_mode(case):
    assert len(case.lengths) == len(case.sizes)
    assert len(case.lengths) + 2 in MODES[case.mode].ranks


def test_the_required_comparisons_are_in_the_table():
    kinds = {(case.mode, case.antialias, case.dtype) for case in CASES}
    floats = [("bilinear", False), ("bicubic", False), ("nearest", False), ("area", False), ("linear", False)]
    floats += [("trilinear", False), ("bilinear", True), ("bicubic", True), ("lanczos", True)]
    assert {(*kind, "float32") for kind in floats} <= kinds
    assert {("bilinear", True, "uint8"), ("bicubic", False, "uint8"), ("lanczos", True, "uint8")} <= kinds


def test_layouts_hold_the_same_samples():
    case = Case("tiny", "tiny", 2, 3, (4, 5), (8, 7), "bilinear")
    first, last = (case.input(layout) for layout in LAYOUTS)
    assert first.shape == case.shape("channels_first") == (2, 3, 4, 5)
    np.testing.assert_array_equal(np.moveaxis(first, 1, -1), last)
    assert last.flags.c_contiguous
    assert case.cotangent("channels_last").shape == case.out_shape("channels_last") == (2, 8, 7, 3)
    assert (case.in_bytes, case.out_bytes) == (4 * 120, 4 * 336)


def test_uint8_input_covers_the_range_and_has_no_gradient():
    case = Case("tiny", "tiny", 1, 3, (64, 64), (8, 8), "bilinear", True, "uint8")
    assert set(np.unique(case.input("channels_last"))) == set(range(256))
    assert not case.has_gradient
    assert case.shrinks


def test_select_keeps_the_order_and_takes_groups_parts_and_wildcards():
    assert cases.select(None) == CASES
    assert {case.group for case in cases.select(["uint8"])} == {"uint8"}
    assert [case.name for case in cases.select(["lanczos-hd", "bicubic-2x*"])] == [
        "bicubic-2x-decoder",
        "lanczos-hd-to-360",
        "uint8-lanczos-hd-to-360",
    ]


def test_select_refuses_what_matches_nothing():
    with pytest.raises(ValueError, match="`case` must match a case or a group; received 'bilinaer'"):
        cases.select(["area", "bilinaer"])


# --- timing


def test_summary_is_the_median_and_the_quartiles():
    summary = timing.summarise([5.0, 1.0, 2.0, 4.0, 3.0], 7)
    assert summary == timing.Times(3.0, 2.0, 4.0, samples=5, calls_per_sample=7)


def test_geometric_mean_is_symmetric():
    assert timing.geometric_mean([4.0, 0.25, 3.0]) == pytest.approx(3.0 ** (1 / 3))
    assert np.isnan(timing.geometric_mean([]))


def test_rounds_are_interleaved_and_begin_with_another_call_each():
    order = []
    calls = {name: Call(lambda: None, before=lambda name=name: order.append(name)) for name in "abc"}
    times = timing.measure(calls, Settings(repeats=3, sample_s=0.0))
    assert {name: t.samples for name, t in times.items()} == dict.fromkeys("abc", 3)
    timed = order[6:]  # after two calls of each to find how many make a sample
    assert timed[::2] == timed[1::2] == list("abcbcacab")  # each untimed once, then timed


@pytest.mark.parametrize(("wait_each", "waits"), [(True, 2), (False, 1)])
def test_a_sample_waits_for_each_call_or_once_at_its_end(wait_each, waits):
    launched, waited = [], []
    call = Call(lambda: launched.append(0), waited.append)
    settings = Settings(sample_s=0.0, wait_each=wait_each)
    timing._sample(call, 2, settings, warm=False)
    assert (len(launched), len(waited)) == (2, waits)


def test_a_call_over_its_budget_still_has_three_samples():
    call = Call(lambda: None)
    times = timing.measure({"slow": call}, Settings(repeats=20, sample_s=0.0, budget_s=0.0))
    assert times["slow"].samples == 3


# --- the peers


TINY = [
    Case("bilinear", "tiny", 2, 3, (6, 7), (12, 14), "bilinear"),
    Case("bicubic", "tiny", 1, 3, (6, 7), (12, 14), "bicubic"),
    Case("nearest", "tiny", 2, 3, (6, 7), (12, 14), "nearest"),
    Case("area", "tiny", 1, 3, (8, 12), (4, 4), "area"),
    Case("antialias", "tiny", 1, 3, (24, 20), (7, 9), "bilinear", True),
    Case("linear", "tiny", 2, 3, (9,), (18,), "linear"),
    Case("trilinear", "tiny", 1, 2, (3, 4, 5), (6, 8, 10), "trilinear"),
    Case("uint8", "tiny", 2, 3, (24, 20), (7, 9), "bilinear", True, "uint8"),
]

# Peers that serve the same purpose with another formula: another cubic, a triangle for a box, and no
# edge to repeat. Their results resemble PyTorch's and are no more than that.
ALIKE = {("bicubic", "jax.image"), ("area", "jax.image")}


@pytest.mark.parametrize("case", TINY, ids=lambda case: case.name)
def test_peers_agree(case):
    pytest.importorskip("torch")
    from benchmarks.peers_jax import jax_peers

    found = [p for p in (*jax_peers(), *peers.cpu_peers()) if p.supports(case) and p.library != "copy"]
    reference = None
    for peer in sorted(found, key=lambda p: not p.label.startswith("torch channels_first")):
        program = peer.prepare(case, gradient=False)
        program.forward.before()
        result = program.to_numpy(program.forward.wait(program.forward.launch()))
        result = np.moveaxis(result, -1, 1) if peer.layout == "channels_last" else result
        assert result.shape == case.out_shape("channels_first"), peer.label
        assert result.dtype == case.dtype, peer.label
        result = result.astype(np.float64)
        reference = result if reference is None else reference
        if (case.name, peer.library) in ALIKE:
            assert np.corrcoef(result.ravel(), reference.ravel())[0, 1] > 0.9, peer.label
        else:
            allowed = 1.0 if case.dtype == "uint8" else 1e-5
            np.testing.assert_allclose(result, reference, rtol=0, atol=allowed, err_msg=peer.label)


def test_every_peer_takes_part_somewhere():
    pytest.importorskip("torch")
    from benchmarks.peers_jax import jax_peers

    for peer in (*jax_peers(), *peers.cpu_peers()):
        assert any(peer.supports(case) for case in TINY), peer.label


def test_image_libraries_keep_to_what_they_do_alike():
    pytest.importorskip("cv2")
    cv2, pillow = peers.opencv(), peers.pillow()
    photo = replace(TINY[0], dtype="uint8")
    assert cv2.supports(photo)
    assert pillow.supports(photo)
    assert not cv2.supports(replace(photo, channels=64))
    assert not cv2.supports(replace(photo, antialias=True))
    assert not pillow.supports(replace(photo, dtype="float32"))
    assert not pillow.supports(replace(photo, sizes=(3, 3)))  # it would antialias, and PyTorch does not


# --- running and checking


@dataclass(frozen=True, eq=False)
class FakePeer:
    """A peer that returns ``values`` forward and has no gradient."""

    library: str
    layout: Layout
    values: np.ndarray
    first_call_s: float = 0.0

    @property
    def label(self):
        return f"{self.library} {self.layout}"

    def supports(self, case):
        return True

    def prepare(self, case, *, gradient):
        facts = {"forward": {"first_call_s": self.first_call_s}}
        return peers.Program(Call(lambda: self.values), None, np.asarray, facts)


SMALL = Case("small", "tiny", 1, 2, (2, 2), (3, 3), "bilinear")
RIGHT = SMALL.cotangent("channels_first")


def _run(ours, layout: Layout = "channels_last"):
    return running.run_case(
        SMALL, [FakePeer("torch", "channels_first", RIGHT), FakePeer("ours", layout, ours)], BRIEF
    )


def test_what_equals_torch_is_timed():
    done = _run(np.moveaxis(RIGHT, 1, -1) * np.float32(1 + 1e-6))
    assert done["mismatches"] == []
    assert [cell["peer"] for cell in done["cells"]] == ["torch channels_first", "ours channels_last"]
    assert all(cell["lower_s"] <= cell["median_s"] <= cell["upper_s"] for cell in done["cells"])


@pytest.mark.parametrize("wrong", [RIGHT + np.float32(1e-3), RIGHT * np.float32(np.nan)])
def test_what_differs_from_torch_is_not_timed(wrong):
    done = _run(wrong, "channels_first")
    assert len(done["mismatches"]) == 1
    assert "ours channels_first forward differs from torch" in done["mismatches"][0]
    assert done["cells"] == []


def test_a_wrong_shape_is_found():
    done = _run(RIGHT)
    assert "has shape (1, 2, 3, 3), not (1, 3, 3, 2)" in done["mismatches"][0]


def test_scaling_drops_a_slow_peer_for_good():
    quick = FakePeer("torch", "channels_first", RIGHT)
    slow = FakePeer("jax.image", "channels_first", RIGHT, first_call_s=99.0)
    sweep = scaling.Sweep("s", "n", ((1, SMALL), (2, SMALL)))
    points = scaling.run(sweep, [quick, slow], BRIEF)["points"]
    assert [point["left_out"] for point in points] == [["jax.image channels_first"], []]
    assert all({c["peer"] for c in point["cells"]} == {"torch channels_first"} for point in points)


def test_slopes_are_exponents_of_the_last_points():
    points = [
        {"quantity": n, "cells": [{"peer": "p", "median_s": 1e-6 * n**1.5 if n > 2 else 1.0}]}
        for n in (1, 2, 4, 8, 16, 32)
    ]
    assert scaling.slopes(points) == {"p": pytest.approx(1.5)}


def test_sweeps_grow_and_keep_to_the_largest_side():
    for sweep in scaling.sweeps(512):
        quantities = [quantity for quantity, _ in sweep.points]
        assert quantities == sorted(set(quantities))
        assert all(max(*case.lengths, *case.sizes) <= 512 for _, case in sweep.points)
    assert scaling.sweeps()[0].points[-1][0] == 8192**2


# --- the report


def _cell(library, layout, direction, median, peer=None):
    times = {"median_s": median, "lower_s": 0.9 * median, "upper_s": 1.2 * median, "samples": 3}
    return {
        "peer": peer or f"{library} {layout}",
        "library": library,
        "layout": layout,
        "direction": direction,
        "calls_per_sample": 1,
        "program": None,
        **times,
    }


RESULTS = {
    "benchmark": "cpu",
    "schema": running.SCHEMA,
    "date": "2026-01-02T03:04:05+00:00",
    "machine": {"cpu": "Some CPU", "cores": 2, "memory_gib": 8.0, "system": "Linux", "load_before": 0.1},
    "versions": {"python": "3.12.0", "jax": "0.10.2"},
    "revision": "0123456789ab",
    "settings": {"repeats": 25, "sample_s": 2e-3, "budget_s": 5.0, "wait_each": True},
    "cases": [
        {
            "name": "one",
            "group": "tiny",
            "dtype": "float32",
            "cells": [
                _cell("ours", "channels_first", "forward", 2e-3),
                _cell("ours", "channels_last", "forward", 1e-3),
                _cell("torch", "channels_first", "forward", 3e-3, "torch channels_first 1 thread"),
                _cell("torch", "channels_first", "forward", 1e-3, "torch channels_first 2 threads"),
                _cell("jax.image", "channels_last", "forward", 8e-3),
                _cell("copy", "channels_last", "forward", 5e-4),
            ],
        }
    ],
}


def test_ratios_take_the_faster_torch_and_its_contiguous_run_where_it_has_no_other():
    first, last = ratios.comparisons(RESULTS)
    assert (first.layout, first.ratio("torch"), first.ratio("jax.image")) == ("channels_first", 0.5, None)
    assert (last.layout, last.ratio("torch"), last.ratio("jax.image")) == ("channels_last", 1.0, 8.0)
    assert (first.ratio("copy"), last.ratio("copy")) == (0.25, 0.5)


def test_slowest_cells_come_first():
    named = {table.title: table for table in ratios.tables(RESULTS)}
    first, second, third = named["Slowest cells"].rows
    assert [first[1].text, first[3]] == ["torch", tables.Cell("0.50x", loss=True)]
    assert (second[3].text, third[3].text) == ("1.00x", "8.00x")


@pytest.mark.parametrize(
    ("value", "text"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.56e-5, "45.6 µs"), (7e-9, "7 ns")]
)
def test_seconds_in_the_unit_that_suits(value, text):
    assert tables.seconds(value) == text


def test_report_writes_markdown_and_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    source, page, picture = tmp_path / "cpu.json", tmp_path / "cpu.md", tmp_path / "speed.png"
    source.write_text(json.dumps(RESULTS))
    arguments = ["report", str(source), "--out", str(page), "--picture", str(picture)]
    ran = CliRunner().invoke(build(arguments), arguments)
    assert ran.exit_code == 0, ran.output
    text = page.read_text()
    assert "Measured on 2026-01-02 on Some CPU (2 cores" in text
    assert "| one | 2 ms | -10 +20 % | **0.50x** | 0.25x |" in text
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot read"),
        ("[]", "is not a result file"),
        ('{"benchmark": "cpu"}', "has schema None, not 1"),
    ],
)
def test_report_refuses_what_is_no_result(tmp_path, content, message):
    source = tmp_path / "cpu.json"
    source.write_text(content)
    ran = CliRunner().invoke(build(["report"]), ["report", str(source)])
    assert ran.exit_code == 1
    assert message in ran.output


# --- memory

_PAGES = """
import resource, sys
import numpy as np
from benchmarks.environment import keep_freed_memory
if not keep_freed_memory():
    sys.exit(3)
np.ones(1 << 23)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    np.ones(1 << 23)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_freed_memory_serves_the_next_call():
    """Four arrays of 64 MB would otherwise touch 65,536 new pages."""
    ran = subprocess.run([sys.executable, "-c", _PAGES], capture_output=True, text=True, cwd=ROOT)
    if ran.returncode == 3:
        pytest.skip("the allocator has no such settings")
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 1000


# --- the commands


def test_cpu_runs_checks_shows_and_writes(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(cases, "CASES", (TINY[0],))
    out = tmp_path / "results" / "cpu.json"
    arguments = ["cpu", "--quick", "--repeats", "1", "--case", "bilinear", "--out", str(out)]
    ran = CliRunner().invoke(build(arguments), arguments)
    assert ran.exit_code == 0, ran.output
    assert "Channels last, backward" in ran.output
    result = json.loads(out.read_text())
    assert {"date", "machine", "versions", "revision", "settings"} <= set(result)
    cells = result["cases"][0]["cells"]
    for layout in LAYOUTS:
        ours = [c for c in cells if c["peer"] == f"ours {layout}"]
        assert {c["direction"] for c in ours} == {"forward", "backward"}
        assert all(c["program"]["compile_s"] > 0 and c["program"]["instructions"] > 0 for c in ours)
    assert all(c["median_s"] > 0 for c in cells)


def test_an_unknown_case_is_refused():
    pytest.importorskip("torch")
    ran = CliRunner().invoke(build(["cpu"]), ["cpu", "--case", "nothing"])
    assert ran.exit_code == 1
    assert "`case` must match a case or a group" in ran.output


def test_without_a_gpu_programs_are_compiled_for_one(tmp_path):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho 0.1.2\n")
    python.chmod(0o755)
    ran = CliRunner().invoke(build(["gpu"]), ["gpu", "--case", "bilinear", "--venv", str(tmp_path)])
    assert ran.exit_code == 1
    assert "has jax 0.1.2 and jax-cuda12-pjrt for it" in ran.output


def test_cases_without_gradients_are_not_compiled_for_a_gpu():
    ran = CliRunner().invoke(build(["gpu"]), ["gpu", "--case", "uint8"])
    assert ran.exit_code == 1
    assert "received no case with real samples" in ran.output


def test_results_of_a_part_are_only_written_where_asked(tmp_path):
    assert running.target("cpu", None, quick=False, partial=True) is None
    assert running.target("cpu", tmp_path, quick=True, partial=True) == tmp_path
    assert running.target("cpu", None, quick=True, partial=False) == running.RESULTS / "cpu-quick.json"
    assert running.target("cpu", None, quick=False, partial=False) == running.RESULTS / "cpu.json"
