"""Environments for learners: Gymnasium's interface to decisions of a run, stepped in this process."""

from collections.abc import Iterable, Mapping

import gymnasium
import numpy
from gymnasium import spaces

from ._portvolt import Stepper, Steppers
from .words import Path, overlays, settings

REWARDS = {
    "hauls_completed": 1.0,
    "hauls_lapsed": -10.0,
    "sessions_unmet": -1.0,
    "bill_energy_usd": -0.01,
    "refill_usd": -0.01,
    "peak_kw": -0.02,
}
"""Rewards of an environment that is given none, for one unit of each metric: work first, then what it costs. Energy that batteries lack
at the end is paid for as if it were bought: a learner would leave them empty. Chosen and not measured: a haul that lapses takes ten
done ones to make up for. What you train for is yours to say: `rewards`."""

KINDS = {"u1": numpy.uint8, "u4": numpy.uint32, "f8": numpy.float64}
"""Kinds of numbers of an observation, in the order of the arrays that a run writes."""

MASK = "action_mask"
"""The column that is told in `info` and is no part of an observation."""


class Layout:
    """Where the columns of an observation lie in the arrays that a run writes, and parts of an action in those that it reads."""

    def __init__(self, columns, action, count: int | None = None):
        self._rows = count or 1
        self._count = count
        self._columns, self._lengths = [], dict.fromkeys(KINDS, 0)
        for name, kind, length in columns:
            begin = self._lengths[kind]
            self._lengths[kind] += length * self._rows
            self._columns.append((name, kind, begin, self._lengths[kind], length))
        self._parts = [(name, rows, choices, numpy.reshape(bounds, (-1, 2))) for name, rows, choices, bounds in action]
        self._nothing = numpy.empty(0, dtype=numpy.int64)

    def arrays(self):
        """Arrays for an observation, and the observation as it lies in them, with the mask."""
        of = {kind: numpy.empty(self._lengths[kind], dtype=number) for kind, number in KINDS.items()}
        if self._count:
            seen = {name: of[kind][begin:end].reshape(self._rows, length) for name, kind, begin, end, length in self._columns}
        else:
            seen = {name: of[kind][begin:end] for name, kind, begin, end, _ in self._columns}
        mask = seen.pop(MASK, None)
        if mask is not None:
            # A row for each choice, as `action_space.sample` takes it.
            _, rows, choices, _ = self._parts[0]
            mask = mask.view(numpy.int8).reshape((*mask.shape[:-1], rows, choices))
        return tuple(of.values()), seen, mask

    def observation_space(self) -> spaces.Dict:
        """The space of one observation: codes as uint8, whole numbers and times as uint32, quantities as float64."""
        boxes = {}
        for name, kind, _, _, length in self._columns:
            if name == MASK:
                continue
            if name.endswith("_present"):
                boxes[name] = spaces.Box(0, 1, (length,), numpy.uint8)
            elif kind == "f8":
                boxes[name] = spaces.Box(-numpy.inf, numpy.inf, (length,), numpy.float64)
            else:
                boxes[name] = spaces.Box(0, numpy.iinfo(KINDS[kind]).max, (length,), KINDS[kind])
        return spaces.Dict(boxes)

    def action_space(self) -> spaces.Space:
        """The space of one action: of one part that part, of several a dict."""
        parts = {}
        for name, rows, choices, bounds in self._parts:
            if choices:
                parts[name] = spaces.MultiDiscrete(numpy.full(rows, choices, dtype=numpy.int64))
            else:
                parts[name] = spaces.Box(bounds[:, 0].copy(), bounds[:, 1].copy(), dtype=numpy.float64)
        return next(iter(parts.values())) if len(parts) == 1 else spaces.Dict(parts)

    def given(self, action):
        """An action as the run reads it: choices, quantities."""
        if len(self._parts) == 1:
            return self._nothing, numpy.ascontiguousarray(action, dtype=numpy.float64)
        taken = {numpy.int64: [], numpy.float64: []}
        for name, _, choices, _ in self._parts:
            kind = numpy.int64 if choices else numpy.float64
            taken[kind].append(numpy.ascontiguousarray(action[name], dtype=kind).reshape(-1))
        return tuple(numpy.concatenate(parts) for parts in taken.values())

    def action(self, choices, quantities):
        """What the run would read, as an action."""
        parts = {}
        for name, rows, of, _ in self._parts:
            taken = choices if of else quantities
            parts[name], rest = numpy.asarray(taken[:rows]), taken[rows:]
            choices, quantities = (rest, quantities) if of else (choices, rest)
        return next(iter(parts.values())) if len(parts) == 1 else parts


class Env(gymnasium.Env):
    """What the environments below have in common.

    scenario, set, strategy: as in ``portvolt.run``; ``set={"time.days": 1}`` makes episodes of a day.
    seed: of the first episode; ``reset`` without a seed goes on to the next replication.
    rewards: weights by metric. The reward is the sum of the increments of metrics since the decision before, times their weights.
        Metrics in ``portvolt.FOLLOWED`` are paid as they come; what any other reaches is paid with the last step.
    expert: a built-in policy, or (name, parameters), whose orders are in ``info["expert_action"]``.
    digest: hash all rows, for ``info["digest"]`` of the last step.
    copy: a new observation each step; without it each step writes over the one before, which is faster.

    An episode is a run of the scenario, and ends as truncated when its days are over. ``info["rejected"]`` counts the orders of the
    step that could not be carried out.
    """

    metadata = {"render_modes": []}
    _kind: str

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
        _at_events: bool = False,
        _most_rows: int = 0,
    ):
        expert = (expert, {}) if isinstance(expert, str) else expert
        rewards = dict(REWARDS if rewards is None else rewards)
        given = (settings(set), overlays(strategy), seed, rewards, expert, digest, _at_events, _most_rows)
        self._run = Stepper(self._kind, scenario, *given)
        self._has_expert = expert is not None
        self._layout = Layout(self._run.columns, self._run.action)
        self._kept = None if copy else self._layout.arrays()
        self.observation_space = self._layout.observation_space()
        self.action_space = self._layout.action_space()

    def reset(self, *, seed: int | None = None, options: Mapping | None = None):
        """Begins an episode. ``options={"replication": 3}`` says which replication of the seed."""
        super().reset(seed=seed)
        arrays, observation, mask = self._kept or self._layout.arrays()
        info = self._run.reset(arrays, seed, (options or {}).get("replication"))
        self._tell(info, mask)
        return observation, info

    def step(self, action):
        """Gives orders and goes on to the next decision."""
        arrays, observation, mask = self._kept or self._layout.arrays()
        reward, is_over, info = self._run.step(arrays, self._layout.given(action))
        self._tell(info, mask)
        # A run ends because its days are over, not because nothing could follow: that is a truncation.
        return observation, reward, False, is_over, info

    def _tell(self, info, mask):
        if mask is not None:
            info[MASK] = mask
        if self._has_expert:
            info["expert_action"] = self._layout.action(*self._run.advice())


class VectorEnv(gymnasium.vector.VectorEnv):
    """Many environments, stepped in parallel without a Python loop.

    The n-th environment begins with the n-th replication of the seed, and its later episodes have replications of their own. An
    episode that ends is followed by the next one in the next step, whose action is not used and whose reward is 0. ``infos``
    has ``rejected``, and ``metrics`` of the runs that ended.

    num_envs: how many. threads: how many run at once; 0: one a core. The other words are those of one environment.
    """

    metadata = {"render_modes": [], "autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}
    _kind: str

    def __init__(
        self,
        scenario: Path,
        num_envs: int,
        *,
        set: Mapping | Iterable[str] | None = None,
        strategy: Path | Iterable[Path] | None = None,
        seed: int = 1,
        rewards: Mapping[str, float] | None = None,
        threads: int = 0,
        _at_events: bool = False,
        _most_rows: int = 0,
    ):
        rewards = dict(REWARDS if rewards is None else rewards)
        given = (settings(set), overlays(strategy), seed, rewards, _at_events, _most_rows)
        self._runs = Steppers(self._kind, num_envs, threads, scenario, *given)
        self.num_envs = num_envs
        self._layout = Layout(self._runs.columns, self._runs.action, num_envs)
        self.single_observation_space = self._layout.observation_space()
        self.single_action_space = self._layout.action_space()
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def reset(self, *, seed: int | None = None, options: Mapping | None = None):
        """Begins an episode in each: with a seed, the n-th replication of it in the n-th. ``options={"replication": 3}`` begins the
        same one in all, to compare policies on the same random days."""
        super().reset(seed=seed)
        arrays, observations, mask = self._layout.arrays()
        self._runs.reset(arrays, seed, (options or {}).get("replication"))
        return observations, {} if mask is None else self._masked(mask)

    def step(self, actions):
        """Gives orders in each and goes on to their next decisions."""
        arrays, observations, mask = self._layout.arrays()
        rewards, truncated, rejected, ended = self._runs.step(arrays, self._layout.given(actions))
        rewards, truncated = numpy.asarray(rewards), numpy.asarray(truncated)
        infos = {} if mask is None else self._masked(mask)
        infos |= {"rejected": numpy.asarray(rejected), "_rejected": numpy.ones(self.num_envs, dtype=bool)}
        if ended:
            infos["metrics"] = numpy.full(self.num_envs, None, dtype=object)
            for place, metrics in ended.items():
                infos["metrics"][place] = metrics
            infos["_metrics"] = truncated.copy()
        return observations, rewards, numpy.zeros(self.num_envs, dtype=bool), truncated, infos

    def _masked(self, mask):
        return {MASK: mask, f"_{MASK}": numpy.ones(self.num_envs, dtype=bool)}


class ChargingEnv(Env):
    """Charging of a scenario: at each decision a set-point for every charging port.

    An observation has the columns of the charging view of plugins, by the same names and in the same units; columns of
    sessions have a row a charging port, zero where nobody is plugged in (``session_present`` says where). An action is the
    power of each port in kW: what passes ``session_ask_kw`` or a limit is cut, what is not a number or exports more than
    ``session_give_kw`` is rejected and counted in ``info["rejected"]``.

    at_events: decide at each event and not only when a control interval begins, where ``time.allocation`` is "event".

    The other words are those of ``Env``.
    """

    _kind = "charging"

    def __init__(self, scenario: Path, *, at_events: bool = False, **more):
        super().__init__(scenario, _at_events=at_events, **more)


class ChargingVectorEnv(VectorEnv):
    """Many charging environments; see ``ChargingEnv`` and ``VectorEnv``."""

    _kind = "charging"

    def __init__(self, scenario: Path, num_envs: int, *, at_events: bool = False, **more):
        super().__init__(scenario, num_envs, _at_events=at_events, **more)


class DispatchEnv(Env):
    """Dispatch of a scenario: whenever trucks wait for a decision, an order for every truck.

    An observation has the columns of the dispatch view of plugins, by the same names and in the same units. Columns of trucks have
    a row a truck, zero where it does not wait (``truck_present`` says where); columns of hauls show the first ``hauls`` open ones,
    in the order in which they can be taken (``haul_present``), and ``info["hidden"]`` counts those beyond. Endless quantities, such
    as the energy of a truck without battery or tank, read 0.

    An action is a dict: ``order`` of each truck (0: wait; 1 to ``hauls``: take the haul of that row, counted from 1; then: charge
    or fuel at the site ``order - hauls - 1``), and ``to_soc``, the state of charge or level with which it leaves there. What is
    ordered for a truck that does not wait is not used. ``info["action_mask"]`` has a row a truck: 1 where its fleet, its duty and its
    battery allow the order. Which haul is feasible it does not say, and two trucks cannot take one haul.

    The other words are those of ``Env``.
    """

    _kind = "dispatch"

    def __init__(self, scenario: Path, *, hauls: int = 128, **more):
        super().__init__(scenario, _most_rows=hauls, **more)


class DispatchVectorEnv(VectorEnv):
    """Many dispatch environments; see ``DispatchEnv`` and ``VectorEnv``."""

    _kind = "dispatch"

    def __init__(self, scenario: Path, num_envs: int, *, hauls: int = 128, **more):
        super().__init__(scenario, num_envs, _most_rows=hauls, **more)


class YardEnv(Env):
    """Yard dispatch of a scenario with one terminal with a plan: whenever a unit needs a decision, an order for this unit.

    An observation has the columns of the yard view of plugins, by the same names and in the same units. Columns of moves have a row
    a crane and one of the rail ramp, zero where there is no move that the unit may take (``move_present``).

    An action is a dict: ``order`` (0: nothing, a free unit parks and any other goes on; then: take the move of a row, charge at a
    lot, drive to a place, one after the other), and for charging ``to_soc`` and ``until_s``, seconds from the start of the run (0:
    no end). ``info["action_mask"]`` has one row: 1 where the order may be given.

    The other words are those of ``Env``.
    """

    _kind = "yard-dispatch"


class YardVectorEnv(VectorEnv):
    """Many yard environments; see ``YardEnv`` and ``VectorEnv``."""

    _kind = "yard-dispatch"
