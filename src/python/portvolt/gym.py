"""Environments for learners: Gymnasium's interface to decisions of a run, stepped in this process."""

from collections.abc import Iterable, Mapping

import gymnasium
import numpy
from gymnasium import spaces

from ._portvolt import ChargingStepper, ChargingSteppers
from .words import Path, overlays, settings

REWARDS = {"hauls_completed": 1.0, "hauls_lapsed": -10.0, "sessions_unmet": -1.0, "bill_energy_usd": -0.01, "peak_kw": -0.02}
"""Rewards of an environment that is given none, for one unit of each metric: work first, then what it costs. Chosen and not measured:
a haul that lapses takes ten done ones to make up for. What you train for is yours to say: `rewards`."""


class Layout:
    """Where the columns of an observation lie in the arrays that a run writes."""

    def __init__(self, columns, count: int | None = None):
        self._rows = count or 1
        self._shape = (count,) if count else ()
        self._columns, lengths = [], {"u4": 0, "f8": 0}
        for name, kind, length in columns:
            self._columns.append((name, kind, lengths[kind], lengths[kind] + length * self._rows, length))
            lengths[kind] += length * self._rows
        self._lengths = lengths
        self.ports = next(length for name, _, length in columns if name == "session_port")

    def arrays(self):
        """Arrays for an observation, and the observation as it lies in them."""
        whole = numpy.empty(self._lengths["u4"], dtype=numpy.uint32)
        real = numpy.empty(self._lengths["f8"], dtype=numpy.float64)
        present = numpy.empty(self.ports * self._rows, dtype=numpy.uint8)
        of = {"u4": whole, "f8": real}
        if self._shape:
            seen = {name: of[kind][a:b].reshape(-1, length) for name, kind, a, b, length in self._columns}
            seen["session_present"] = present.reshape(-1, self.ports)
        else:
            seen = {name: of[kind][a:b] for name, kind, a, b, _ in self._columns}
            seen["session_present"] = present
        return (whole, real, present), seen

    def space(self) -> spaces.Dict:
        """The space of one observation: whole numbers and times as uint32, quantities as float64."""
        boxes = {"session_present": spaces.Box(0, 1, (self.ports,), numpy.uint8)}
        for name, kind, _, _, length in self._columns:
            if kind == "u4":
                boxes[name] = spaces.Box(0, 2**32 - 1, (length,), numpy.uint32)
            else:
                boxes[name] = spaces.Box(-numpy.inf, numpy.inf, (length,), numpy.float64)
        return spaces.Dict(boxes)


def action_space(limits_kw) -> spaces.Box:
    """A set-point for each charging port, kW from the grid; below zero where vehicles may export."""
    limits_kw = numpy.asarray(limits_kw, dtype=numpy.float64).reshape(-1, 2)
    return spaces.Box(-limits_kw[:, 1], limits_kw[:, 0], dtype=numpy.float64)


class ChargingEnv(gymnasium.Env):
    """Charging of a scenario: at each decision a set-point for every charging port.

    An observation has the columns of the charging view of plugins, by the same names and in the same units; columns of
    sessions have a row a charging port, zero where nobody is plugged in (``session_present`` says where). An action is the
    power of each port in kW: what passes ``session_ask_kw`` or a limit is cut, what is not a number or exports more than
    ``session_give_kw`` is rejected and counted in ``info["rejected"]``.

    The reward is the sum of the increments of metrics since the decision before, times their weights. Metrics in
    ``portvolt.FOLLOWED`` are paid as they come; what any other reaches is paid with the last step. An episode is a run of the
    scenario, and ends as truncated when its days are over.

    scenario, set, strategy: as in ``portvolt.run``; ``set={"time.days": 1}`` makes episodes of a day.
    seed: of the first episode; ``reset`` without a seed goes on to the next replication.
    rewards: weights by metric.
    expert: a built-in policy, or (name, parameters), whose orders are in ``info["expert_action"]``.
    digest: hash all rows, for ``info["digest"]`` of the last step.
    copy: a new observation each step; without it each step writes over the one before, which is faster.
    at_events: decide at each event and not only when a control interval begins, where ``time.allocation`` is "event".
    """

    metadata = {"render_modes": []}

    def __init__(
        self,
        scenario: Path,
        *,
        set: Mapping | Iterable[str] | None = None,
        strategy: Path | Iterable[Path] | None = None,
        seed: int = 1,
        rewards: Mapping[str, float] | None = None,
        expert: str | tuple[str, Mapping[str, float]] | None = None,
        digest: bool = False,
        copy: bool = True,
        at_events: bool = False,
    ):
        expert = (expert, {}) if isinstance(expert, str) else expert
        rewards = dict(REWARDS if rewards is None else rewards)
        self._run = ChargingStepper(
            scenario, settings(set), overlays(strategy), seed, rewards, expert, digest, at_events
        )
        self._has_expert = expert is not None
        self._layout = Layout(self._run.columns)
        self._kept = None if copy else self._layout.arrays()
        self.observation_space = self._layout.space()
        self.action_space = action_space(self._run.limits_kw)

    def reset(self, *, seed: int | None = None, options: Mapping | None = None):
        """Begins an episode. ``options={"replication": 3}`` says which replication of the seed."""
        super().reset(seed=seed)
        arrays, observation = self._kept or self._layout.arrays()
        info = self._run.reset(arrays, seed, (options or {}).get("replication"))
        if self._has_expert:
            self._advise(info)
        return observation, info

    def step(self, action):
        """Orders set-points and goes on to the next decision."""
        arrays, observation = self._kept or self._layout.arrays()
        reward, is_over, info = self._run.step(arrays, numpy.ascontiguousarray(action, dtype=numpy.float64))
        if self._has_expert:
            self._advise(info)
        # A run ends because its days are over, not because nothing could follow: that is a truncation.
        return observation, reward, False, is_over, info

    def _advise(self, info):
        info["expert_action"] = numpy.empty(self._layout.ports)
        self._run.advice(info["expert_action"])


class ChargingVectorEnv(gymnasium.vector.VectorEnv):
    """Many charging environments, stepped in parallel without a Python loop; see ``ChargingEnv``.

    The n-th environment begins with the n-th replication of the seed, and its later episodes have replications of their own. An
    episode that ends is followed by the next one in the next step, whose action is not used and whose reward is 0. ``infos``
    has ``rejected``, and ``metrics`` of the runs that ended.

    num_envs: how many. threads: how many run at once; 0: one a core.
    """

    metadata = {"render_modes": [], "autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}

    def __init__(
        self,
        scenario: Path,
        num_envs: int,
        *,
        set: Mapping | Iterable[str] | None = None,
        strategy: Path | Iterable[Path] | None = None,
        seed: int = 1,
        rewards: Mapping[str, float] | None = None,
        at_events: bool = False,
        threads: int = 0,
    ):
        rewards = dict(REWARDS if rewards is None else rewards)
        self._runs = ChargingSteppers(
            num_envs, threads, scenario, settings(set), overlays(strategy), seed, rewards, at_events
        )
        self.num_envs = num_envs
        self._layout = Layout(self._runs.columns, num_envs)
        self.single_observation_space = self._layout.space()
        self.single_action_space = action_space(self._runs.limits_kw)
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def reset(self, *, seed: int | None = None, options: Mapping | None = None):
        """Begins an episode in each: with a seed, the n-th replication of it in the n-th."""
        super().reset(seed=seed)
        arrays, observations = self._layout.arrays()
        self._runs.reset(arrays, seed)
        return observations, {}

    def step(self, actions):
        """Orders set-points in each and goes on to their next decisions."""
        actions = numpy.ascontiguousarray(actions, dtype=numpy.float64)
        arrays, observations = self._layout.arrays()
        rewards, truncated, rejected, ended = self._runs.step(arrays, actions)
        rewards, truncated = numpy.asarray(rewards), numpy.asarray(truncated)
        infos = {"rejected": numpy.asarray(rejected), "_rejected": numpy.ones(self.num_envs, dtype=bool)}
        if ended:
            infos["metrics"] = numpy.full(self.num_envs, None, dtype=object)
            for place, metrics in ended.items():
                infos["metrics"][place] = metrics
            infos["_metrics"] = truncated.copy()
        return observations, rewards, numpy.zeros(self.num_envs, dtype=bool), truncated, infos
