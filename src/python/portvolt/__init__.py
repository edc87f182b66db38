"""Portvolt: how ports and truck fleets become zero-emission, simulated.

``run`` simulates a scenario and leaves metrics and tables in memory; ``portvolt.gym`` has environments for learners.
"""

from collections.abc import Iterable, Mapping
from os import PathLike

from ._portvolt import FOLLOWED, Run, RunError, ScenarioError, Table, __version__, metrics
from ._portvolt import run as _run

__all__ = ["FOLLOWED", "Run", "RunError", "ScenarioError", "Table", "__version__", "metrics", "run"]

Path = str | PathLike


def settings(given: Mapping | Iterable[str] | None) -> list[str]:
    """Settings as the command line writes them: ``{"time.days": 2}`` is ``["time.days=2"]``."""
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        return [f"{path}={_toml(value)}" for path, value in given.items()]
    return list(given)


def _toml(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inner(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_inner(inner) for inner in value) + "]"
    return str(value)


def _inner(value) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _toml(value)


def overlays(given: Path | Iterable[Path] | None) -> list:
    """One strategy, or several of which each lies on those before."""
    if given is None:
        return []
    return [given] if isinstance(given, (str, PathLike)) else list(given)


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
