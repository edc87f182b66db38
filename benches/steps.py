"""Steps a second of the charging environments: `python benches/steps.py` with the package installed (`.ci/python release` builds
it into target/python). One environment on one core, then vectors on one thread and on all cores, with full observations.

EV2Gym and Chargax are measured beside it where their packages are installed, each with an example of its own; their models are
simpler, so the ratio says what a learner waits for and not which program is better.
"""

import os
import statistics
import time

import numpy

import portvolt
import portvolt.gym

DAY = {"time.days": 1}


def rate(steps: int, run, rounds: int = 5) -> float:
    """Median of steps a second over rounds; the first is left out."""
    rates = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        count = run(steps)
        rates.append(count / (time.perf_counter() - begin))
    return statistics.median(rates[1:])


def single(scenario: str, **more):
    env = portvolt.gym.ChargingEnv(scenario, set=DAY, **more)
    full = env.action_space.high
    env.reset(seed=1)

    def run(steps):
        for _ in range(steps):
            *_, is_over, _ = env.step(full)
            if is_over:
                env.reset()
        return steps

    return run


def vector(scenario: str, count: int, threads: int):
    envs = portvolt.gym.ChargingVectorEnv(scenario, count, set=DAY, threads=threads)
    full = envs.action_space.high
    envs.reset(seed=1)

    def run(steps):
        for _ in range(steps // count):
            envs.step(full)
        return steps // count * count

    return run


def native(scenario: str):
    def run(steps):
        days = max(steps // 288, 1)
        portvolt.run(scenario, set={"time.days": min(days, 366)})
        return min(days, 366) * 288

    return run


def ev2gym():
    from ev2gym.models.ev2gym_env import EV2Gym

    folder = os.path.dirname(__import__("ev2gym").__file__)
    env = EV2Gym(config_file=os.path.join(folder, "example_config_files", "V2GProfitMax.yaml"))
    env.reset()
    full = numpy.ones(env.action_space.shape)

    def run(steps):
        for _ in range(steps):
            *_, terminated, truncated, _ = env.step(full)
            if terminated or truncated:
                env.reset()
        return steps

    return run


def chargax():
    import chargax
    import jax

    env = chargax.Chargax()
    key = jax.random.PRNGKey(0)
    reset, step = jax.jit(env.reset), jax.jit(env.step)
    state = reset(key)[1]
    action = env.action_space.sample(key)

    def run(steps):
        nonlocal state
        for _ in range(steps):
            state = step(key, state, action)[1]
        jax.block_until_ready(state)
        return steps

    return run


def main():
    cores = os.cpu_count() or 1
    rows = [
        ("depot_night, a run without decisions in Python", native("depot_night"), 28_800),
        ("depot_night, ChargingEnv", single("depot_night"), 20_000),
        ("depot_night, ChargingEnv(copy=False)", single("depot_night", copy=False), 20_000),
        ("depot_night, ChargingVectorEnv of 64, one thread", vector("depot_night", 64, 1), 64_000),
        (f"depot_night, ChargingVectorEnv of 64, {cores} threads", vector("depot_night", 64, cores), 64_000),
    ]
    for name, make, steps in (("EV2Gym", ev2gym, 2_000), ("Chargax, compiled by jax", chargax, 20_000)):
        try:
            rows.append((name, make(), steps))
        except Exception as error:  # whatever it is, it says why that row is missing
            print(f"{name}: skipped ({type(error).__name__}: {error})")
    for name, run, steps in rows:
        print(f"{name:<60} {rate(steps, run):>12,.0f} steps a second")


if __name__ == "__main__":
    main()
