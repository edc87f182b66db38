"""Studies and records: what the commands ``compare``, ``sensitivity``, ``optimize``, ``replay``, ``bill`` and ``fork`` do, without
a folder. Errors are those of ``run``; other threads go on meanwhile, and Ctrl-C ends any of them."""

import json
import pathlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import _portvolt
from ._portvolt import Run, Table
from .words import Path, overlays, settings, toml
from .words import strategies as _words


@dataclass(frozen=True, repr=False)
class Study:
    """A finished study.

    answer: what the command writes as JSON, as a dict.
    tables: by name, for the readers of Arrow.
    """

    answer: dict
    tables: dict[str, Table]

    def __repr__(self):
        return f"Study({', '.join(self.answer)}; tables {', '.join(self.tables)})"


@dataclass(frozen=True)
class Fork:
    """Two futures of one past.

    answer: what the command writes as fork.json, as a dict; ``answer["metrics"]`` has each number of both.
    run: the run that went on under the change.
    """

    answer: dict
    run: Run


def _study(told) -> Study:
    answer, tables = told
    return Study(json.loads(answer), {table.name: table for table in tables})


def compare(
    scenario: Path,
    strategies: Iterable[str | Mapping] | str | None = None,
    *,
    set: Mapping | Iterable[str] | None = None,
    baseline: str | None = None,
    seed: int = 1,
    replications: int = 20,
    until_ci: float | None = None,
    max_replications: int = 200,
    bound: bool = False,
    metric: str | None = None,
    vary: Iterable[str] = (),
    jobs: int = 0,
) -> Study:
    """Runs strategies on the same random days and says which differences hold.

    strategies: each a word of the command line (``"bau"``, an overlay, ``"edf"``, ``"charging=my.wasm"``, ``"path=value"``, parts
        joined by ``+``), or a dict of settings.
    baseline: the one that the others are compared with; the first by default.
    replications: of each; with ``until_ci`` (a share such as 0.02 of the baseline) the first ones, up to ``max_replications``.
    bound: say how far charging is from the best possible.
    metric, vary: change numbers, such as ``vary=["site.depot.limit_kw=-20%,+20%"]``, and say what that does to a metric.
    jobs: threads; 0: one a core. No number depends on it.

    ``answer["metrics"]`` has a row a metric, scope and strategy: mean, paired difference to the baseline, intervals, p values. The
    tables are ``comparison`` and ``replications``.
    """
    effort = (seed, replications, until_ci, max_replications, bound, metric, list(vary), jobs)
    return _study(_portvolt.compare(scenario, _words(strategies), settings(set), baseline, *effort))


def sensitivity(
    scenario: Path,
    strategies: Iterable[str | Mapping] | str | None = None,
    *,
    set: Mapping | Iterable[str] | None = None,
    metric: str | None = None,
    ranges: Mapping[str, tuple[float, float]] | Path | None = None,
    seed: int = 1,
    replications: int = 2,
    points: int = 128,
    threshold: float = 0.02,
    most: int = 12,
    keep: Path | None = None,
    jobs: int = 0,
) -> Study:
    """Says which doubtful numbers of a scenario decide its result, and which to measure first.

    strategies: one, or two to choose between.
    ranges: lowest and highest value by path, or a file of them.
    keep: a folder for finished runs, from which the same question goes on; without one they go with the answer.

    The other words are options of the command. The table is ``numbers``.
    """
    by_path, file = (ranges, None) if isinstance(ranges, Mapping) else ({}, ranges)
    by_path = {path: list(bounds) for path, bounds in by_path.items()}
    effort = (seed, replications, points, threshold, most, keep, jobs)
    asked = (scenario, _words(strategies), settings(set), metric, by_path, file)
    return _study(_portvolt.sensitivity(*asked, *effort))


def optimize(study: Path, *, jobs: int = 0) -> Study:
    """Finds the best design under constraints. ``study`` is the file that the command takes; finished runs are kept beside it, as
    there. ``answer["answer"]`` has the design and what stands beside it. The table is ``designs``."""
    return _study(_portvolt.optimize(study, jobs))


def replay(
    sessions: Path,
    *,
    map: Mapping | Path | None = None,
    policy: str = "uncontrolled",
    params: Mapping[str, float] | None = None,
    limit_kw: float | None = None,
    interval_s: int = 900,
    allocation: str = "interval",
    stay_plugged: bool = False,
    chargers: int | None = None,
    port_kw: float | None = None,
    max_kw: float | None = None,
    tariff: Path | None = None,
    tariff_name: str | None = None,
    start: str | None = None,
    zone: str | None = None,
    seed: int = 1,
) -> Run:
    """Plays recorded charging sessions through the engine, under any policy and limit. The words are options of the command.

    map: how a table of others is read: a mapping file, or what it would say, as a dict.
    """
    return _portvolt.replay(
        sessions,
        _mapping(map),
        policy,
        dict(params or {}),
        limit_kw,
        interval_s,
        allocation,
        stay_plugged,
        chargers,
        port_kw,
        max_kw,
        tariff,
        tariff_name,
        start,
        zone,
        seed,
    )


def bill(load: Path, tariff: Path, *, name: str | None = None, map: Mapping | Path | None = None) -> dict:
    """What a metered load costs under a tariff: totals and lines by month, and how the load was read.

    tariff: a file, or the name of one that comes with Portvolt, such as ``"sce_tou_ev_9"``. name: which tariff of the file.
    map: a mapping file, or what it would say, as a dict such as ``{"zone": "America/Los_Angeles", "unit": "kWh"}``.
    """
    return json.loads(_portvolt.bill(load, tariff, name, _mapping(map)))


def fork(
    run: Run | Path,
    at: str,
    *,
    set: Mapping | Iterable[str] | None = None,
    strategy: Path | Iterable[Path] | None = None,
) -> Fork:
    """Has a finished run go on under a change: the same past, two futures.

    run: one of ``portvolt.run`` or ``portvolt.fork``, or the folder of one that the program made.
    at: a local time inside the run, such as ``"2025-06-04T12:00"``, at the start of a control interval.
    set, strategy: what changes then.
    """
    answer, forked = _portvolt.fork(run, at, overlays(strategy), settings(set))
    return Fork(json.loads(answer), forked)


def _mapping(given):
    if given is None or isinstance(given, Mapping):
        return given and toml(given)
    return pathlib.Path(given)
