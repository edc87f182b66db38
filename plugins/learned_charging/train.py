"""Trains the network of this folder: ``python plugins/learned_charging/train.py`` writes ``weights.csv``, which the guest is built
with. The method is the cross-entropy method (Rubinstein 1999): draw weights, let each set run the same random days, keep the best
ones, draw the next from around them. Sums are added in the same order as in ``src/lib.rs``, so that the orders are the same."""

import pathlib
import sys

import numpy

import portvolt
import portvolt.gym

FOLDER = pathlib.Path(__file__).parent
WEIGHTS = FOLDER / "weights.csv"
INPUTS, HIDDEN = 5, 6
LONGEST_H, LEAST_KWH, UNKNOWN_S = 12.0, 1e-9, 2**32 - 1
COUNT = HIDDEN * (INPUTS + 1) + HIDDEN + 1
"""Weights: of each hidden unit a bias and one an input, of the output a bias and one a hidden unit."""

SCENARIO, DAYS = "depot_night", {"time.days": 3}
REWARDS = {"bill_total_usd": -1.0, "energy_delivered_kwh": 0.25, "hauls_completed": 100.0, "hauls_late": -30.0}
"""The bill, less what the energy is worth that is in batteries (more than a kWh costs at night), and work before both. Chosen."""


def inputs(seen):
    """What the network sees of each port, one array an input: price, need, need of the next duty, time left, state of charge."""
    time_s, interval_s = seen["time_s"].astype(float), seen["interval_s"].astype(float)
    site = seen["session_site"].astype(int)
    known = int(seen["prices_known"].flat[0])
    prices = seen["site_price_usd_per_kwh"]
    prices = prices.reshape(*prices.shape[:-1], -1, known)
    lowest, highest = prices.min(axis=-1), prices.max(axis=-1)
    spread = highest - lowest
    level = numpy.divide(prices[..., 0] - lowest, spread, out=numpy.zeros_like(spread), where=spread > 0)
    depart_s = seen["session_depart_s"]
    left_h = numpy.maximum(depart_s.astype(float) - time_s, interval_s) / 3600.0
    most_kwh = numpy.maximum(seen["session_max_kw"] * left_h, LEAST_KWH)
    is_known = depart_s != UNKNOWN_S

    def if_known(value):
        return numpy.where(is_known, numpy.minimum(value, 1.0), 0.0)

    return [
        numpy.take_along_axis(level, site, axis=-1),
        if_known(seen["session_needs_kwh"] / most_kwh),
        if_known(seen["session_duty_kwh"] / most_kwh),
        if_known(left_h / LONGEST_H),
        seen["session_soc"],
    ]


def unit(weights, values):
    """Bias and weighted values, added from the first to the last."""
    total = weights[..., :1] * numpy.ones_like(values[0])
    for at, value in enumerate(values):
        total = total + weights[..., at + 1 : at + 2] * value
    return total


def set_points(weights, seen):
    """Set-points of all ports, kW. ``weights`` has one set, or one a row of a vector of environments."""
    values, size = inputs(seen), INPUTS + 1
    hidden = [numpy.maximum(unit(weights[..., at * size : (at + 1) * size], values), 0.0) for at in range(HIDDEN)]
    share = numpy.clip(unit(weights[..., HIDDEN * size :], hidden), 0.0, 1.0)
    return seen["session_ask_kw"] * share


def scores(envs, weights, replication):
    """What each set of weights earns in one run, all on the same random days."""
    seen, _ = envs.reset(options={"replication": replication})
    earned, is_over = numpy.zeros(len(weights)), numpy.zeros(len(weights), dtype=bool)
    while not is_over.all():
        seen, reward, _, ended, _ = envs.step(set_points(weights, seen))
        earned += numpy.where(is_over, 0.0, reward)
        is_over |= ended
    return earned


def begin():
    """Weights chosen by hand, to begin with: all that is asked for, less while the price is high, unless the time left is short."""
    weights, output = numpy.zeros(COUNT), HIDDEN * (INPUTS + 1)
    weights[[1, INPUTS + 1 + 2]] = 1.0  # the first hidden unit is the price, the second the need
    weights[output : output + 3] = 1.0, -0.5, 1.0
    return weights


def show(generation, earned, mean):
    """Prints how far the training is."""
    print(f"generation {generation}: the mean earned {earned[0]:.0f}, the best {earned.max():.0f}", flush=True)


def train(generations=3, count=12, best=4, seed=1, tell=show):
    """The weights that the method ends with, from ``begin()`` on. ``tell`` hears of each generation: its number, what each set
    earned (the first is the mean so far), the mean that follows."""
    draws = numpy.random.default_rng(seed)
    envs = portvolt.gym.ChargingVectorEnv(SCENARIO, count, set=DAYS, seed=seed, rewards=REWARDS)
    mean, spread = begin(), numpy.full(COUNT, 0.3)
    for generation in range(generations):
        weights = mean + spread * draws.standard_normal((count, COUNT))
        weights[0] = mean
        earned = scores(envs, weights, generation)
        elite = weights[numpy.argsort(-earned, kind="stable")[:best]]
        mean, spread = elite.mean(axis=0), elite.std(axis=0) + 0.02
        tell(generation, earned, mean)
    return mean


def save(weights, path=WEIGHTS):
    """A number a line, each with all its digits."""
    pathlib.Path(path).write_text("".join(f"{weight!r}\n" for weight in map(float, weights)), encoding="utf-8")


def load(path=WEIGHTS):
    """The weights of a file."""
    return numpy.array([float(line) for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()])


if __name__ == "__main__":
    save(train(*map(int, sys.argv[1:])))
