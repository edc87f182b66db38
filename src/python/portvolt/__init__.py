"""Portvolt: how ports and truck fleets become zero-emission, simulated.

``run`` simulates a scenario and leaves metrics and tables in memory; ``compare``, ``sensitivity``, ``optimize``, ``replay``,
``bill`` and ``fork`` do what the commands of these names do, without a folder; ``portvolt.gym`` has environments for learners.
"""

from collections.abc import Iterable, Mapping

from ._portvolt import FOLLOWED, Run, RunError, ScenarioError, Table, __version__, metrics
from ._portvolt import run as _run
from .studies import Fork, Study, bill, compare, fork, optimize, replay, sensitivity
from .words import Path, overlays, settings

__all__ = [
    "FOLLOWED",
    "Fork",
    "Run",
    "RunError",
    "ScenarioError",
    "Study",
    "Table",
    "__version__",
    "bill",
    "compare",
    "fork",
    "metrics",
    "optimize",
    "replay",
    "run",
    "sensitivity",
]


def run(
    scenario: Path,
    *,
    set: Mapping | Iterable[str] | None = None,
    strategy: Path | Iterable[Path] | None = None,
    seed: int = 1,
    replication: int = 0,
    strict_plugins: bool = False,
) -> Run:
    """Simulates a scenario and keeps its tables in memory.

    scenario: its folder or file, or the name of one that comes with Portvolt, such as ``"depot_night"``.
    set: settings, such as ``{"time.days": 2, "policy.charging.name": "edf"}``.
    strategy: an overlay file or its name beside the scenario, or a list of them.
    seed, replication: of the random numbers; the same ones give the same bytes.
    strict_plugins: the first rejected order of a plugin ends the run.

    Raises ScenarioError with all errors of the files at once (``problems``: file, line, column, field, message, help), and
    RunError where a run does not finish. Other threads go on meanwhile; Ctrl-C ends the run.
    """
    return _run(scenario, settings(set), overlays(strategy), seed, replication, strict_plugins)
