"""Contract of the Python package: a run is the run of the program and its tables are read without files; errors name file and
line; other threads go on, and Ctrl-C ends a run; an environment is Gymnasium's, a run steered by the orders of a built-in policy
is that policy's run, increments add up to the metrics of the run, and many environments are the same ones side by side.

`.ci/python` builds the package and runs this. Without gymnasium, polars or pyarrow the tests that need them skip themselves.
"""

import contextlib
import io
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

import numpy

import portvolt

try:
    import gymnasium
    from gymnasium.utils.env_checker import check_env

    import portvolt.gym
except ImportError:
    gymnasium = None

DAY = {"time.days": 1}


class Runs(unittest.TestCase):
    def test_a_run_has_metrics_and_tables(self):
        run = portvolt.run("depot_night", set=DAY)
        self.assertGreater(run.metrics["hauls_completed"], 50)
        self.assertEqual(run.metrics["sessions"], run.scopes["site:depot"]["sessions"])
        self.assertEqual(set(run.metrics) - set(portvolt.metrics()), set())
        self.assertEqual(run.tables["power"].units["total_kw"], "kW")
        again = portvolt.run("depot_night", set=["time.days=1"])
        self.assertEqual(run.digest, again.digest)
        other = portvolt.run("depot_night", set=DAY, seed=2)
        self.assertNotEqual(run.digest, other.digest)

    def test_a_run_is_the_run_of_the_program(self):
        program = os.environ.get("PORTVOLT_PROGRAM")
        if not program:
            self.skipTest("PORTVOLT_PROGRAM names no program")
        with tempfile.TemporaryDirectory() as folder:
            command = [program, "run", "depot_night", "--days", "1", "--out", f"{folder}/run", "--format", "json"]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        self.assertEqual(told["digest"], portvolt.run("depot_night", set=DAY).digest)

    def test_tables_are_read_through_the_arrow_interface(self):
        run = portvolt.run("depot_night", set=DAY)
        readers = 0
        with contextlib.suppress(ImportError):
            import polars

            power = polars.DataFrame(run.tables["power"])
            self.assertEqual(power.height, len(run.tables["power"]))
            energy_kwh = power["total_kw"].sum() * 300 / 3600
            self.assertAlmostEqual(energy_kwh, run.metrics["energy_grid_kwh"], places=3)
            readers += 1
        with contextlib.suppress(ImportError):
            import pyarrow

            sessions = pyarrow.table(run.tables["sessions"])
            self.assertEqual(sessions.num_rows, len(run.tables["sessions"]))
            self.assertEqual(sessions.schema, pyarrow.schema(run.tables["sessions"]))
            readers += 1
        if not readers:
            self.skipTest("neither polars nor pyarrow is here")

    def test_a_transition_runs_too(self):
        run = portvolt.run("hub_2045", set={"transition.until": 2025, "transition.weeks": 1})
        self.assertIn("year:2025", run.scopes)
        self.assertGreater(len(run.tables["fleet"]), 0)

    def test_errors_name_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "scenario.toml")
            path.write_text('title = "x"\n[time]\nstart = "2025-06-02"\ndays = 0\nzone = "nowhere"\n')
            with self.assertRaises(portvolt.ScenarioError) as raised:
                portvolt.run(folder)
        problems = {problem["field"]: problem for problem in raised.exception.problems}
        self.assertEqual(problems["time.days"]["line"], 4)
        self.assertTrue(problems["time.days"]["file"].endswith("scenario.toml"))
        self.assertIn("scenario.toml:4", str(raised.exception))
        self.assertIsInstance(raised.exception, ValueError)
        with self.assertRaisesRegex(portvolt.ScenarioError, "did you mean"):
            portvolt.run("depot_night", set={"policy.charging.name": "eddf"})

    def test_other_threads_go_on(self):
        counted, done = [0], threading.Event()

        def count():
            while not done.is_set():
                counted[0] += 1
                time.sleep(0.0005)

        thread = threading.Thread(target=count)
        thread.start()
        before = counted[0]
        portvolt.run("depot_night", set={"time.days": 60})
        during = counted[0] - before
        done.set()
        thread.join()
        self.assertGreater(during, 3)

    def test_ctrl_c_ends_a_run(self):
        # A shell has its background programs ignore it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT)).start()
        with self.assertRaises(KeyboardInterrupt):
            portvolt.run("depot_night", set={"time.days": 366, "time.tick_s": 10, "time.interval_s": 60})


@unittest.skipUnless(gymnasium, "gymnasium is not here")
class Guide(unittest.TestCase):
    def test_the_examples_of_the_guide_run(self):
        guide = pathlib.Path(__file__).parents[2] / "guide" / "python.md"
        blocks = [block.partition("```")[0] for block in guide.read_text(encoding="utf-8").split("```python\n")[1:]]
        self.assertGreater(len(blocks), 3)
        told, names = io.StringIO(), {}
        with contextlib.redirect_stdout(told):
            for block in blocks:
                if "import polars" in block:
                    try:
                        import polars  # noqa: F401
                    except ImportError:
                        continue
                exec(compile(block, str(guide), "exec"), names)
        self.assertGreater(len(told.getvalue().splitlines()), 3)


@unittest.skipUnless(gymnasium, "gymnasium is not here")
class Environments(unittest.TestCase):
    def env(self, scenario="depot_night", **more):
        more.setdefault("set", DAY)
        return portvolt.gym.ChargingEnv(scenario, **more)

    def test_gymnasium_finds_nothing(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # Set-points in kW and quantities without a largest one are meant so.
            for known in ("observation space", "action space"):
                warnings.filterwarnings("ignore", f".*{known}.*")
            check_env(self.env(), skip_render_check=True)

    def test_a_run_by_the_orders_of_a_built_in_policy_is_its_run(self):
        for allocation in ("interval", "event"):
            for policy in ("edf", "price_aware", "peak_cap"):
                with self.subTest(policy=policy, allocation=allocation):
                    chosen = DAY | {"time.allocation": allocation, "policy.charging.name": policy}
                    native = portvolt.run("depot_night", set=chosen)
                    at_events = allocation == "event" and policy == "edf"
                    env = self.env(set=chosen, expert=policy, digest=True, at_events=at_events)
                    _, info = env.reset()
                    steps, is_over = 0, False
                    while not is_over:
                        _, _, terminated, is_over, info = env.step(info["expert_action"])
                        steps += 1
                        self.assertEqual((terminated, info["rejected"]), (False, 0))
                    self.assertGreater(steps, 100)
                    self.assertEqual(info["digest"], native.digest)

    def test_increments_add_up_to_the_metrics_of_the_run(self):
        rewards = dict.fromkeys([*portvolt.FOLLOWED, "bill_demand_usd", "truck_km"], 1.0)
        env = self.env(rewards=rewards, expert="price_aware")
        _, info = env.reset()
        sums, total, before_last, is_over = dict.fromkeys(rewards, 0.0), 0.0, {}, False
        while not is_over:
            before_last = dict(sums)
            _, reward, _, is_over, info = env.step(info["expert_action"])
            total += reward
            for name, increment in info["increments"].items():
                sums[name] += increment
        for name, value in sums.items():
            self.assertAlmostEqual(value, info["metrics"][name], places=6, msg=name)
        self.assertAlmostEqual(total, sum(sums.values()), places=6)
        # What is followed comes as it happens, and not with the last step.
        for name in ("hauls_completed", "energy_grid_kwh", "peak_kw", "bill_energy_usd"):
            self.assertGreater(before_last[name], 0.8 * info["metrics"][name], name)

    def test_orders_work_and_bad_ones_are_counted(self):
        env = self.env()
        observation, _ = env.reset()
        self.assertEqual(observation["session_present"].sum(), (observation["session_max_kw"] > 0).sum())
        bad = numpy.full(env.action_space.shape, numpy.nan)
        present = int(observation["session_present"].sum())
        _, _, _, _, info = env.step(bad)
        self.assertEqual(info["rejected"], present)
        self.assertIn("set-points", info["rejected_why"][0])
        with self.assertRaises(ValueError):
            env.step(numpy.zeros(3))
        metrics = {}
        for share in (0.0, 1.0):
            env.reset(seed=1)
            is_over = False
            while not is_over:
                _, _, _, is_over, info = env.step(share * env.action_space.high)
            metrics[share] = info["metrics"]
        # Who plugs in between two decisions charges until the next.
        self.assertLess(metrics[0.0]["energy_delivered_kwh"], 0.05 * metrics[1.0]["energy_delivered_kwh"])
        with self.assertRaisesRegex(RuntimeError, "reset"):
            env.step(env.action_space.high)

    def test_seeds_and_replications(self):
        env, other = self.env(), self.env(seed=3)

        def show(env, **how):
            observation, info = env.reset(**how)
            for _ in range(40):
                observation, *_ = env.step(env.action_space.high)
            return observation["session_soc"].tobytes(), info.get("replication")

        first = show(env)
        second = show(env)
        self.assertEqual((first[1], second[1]), (0, 1))
        self.assertNotEqual(first[0], second[0])
        self.assertEqual(show(env, options={"replication": 0}), first)
        # Two environments by turns are as each alone.
        self.assertEqual(show(other, seed=1), first)
        self.assertEqual(show(env, seed=1, options={"replication": 1}), second)

    def test_errors_are_told(self):
        with self.assertRaisesRegex(ValueError, "there is no metric `peak_kv`"):
            self.env(rewards={"peak_kv": 1})
        with self.assertRaisesRegex(portvolt.RunError, "eddf"):
            self.env(expert="eddf")
        with self.assertRaisesRegex(ValueError, "transition"):
            self.env("hub_2045")

    def test_a_vector_is_its_environments_side_by_side(self):
        count = 5
        vector = portvolt.gym.ChargingVectorEnv("depot_night", count, set=DAY, threads=2)
        self.assertEqual(vector.action_space.shape[0], count)
        observations, _ = vector.reset(seed=7)
        envs = [self.env() for _ in range(count)]
        singles = [env.reset(seed=7, options={"replication": at})[0] for at, env in enumerate(envs)]
        shares, draws, ended = numpy.linspace(0.1, 1, count), numpy.random.default_rng(1), 0
        is_over = [False] * count
        while ended < count:
            for at in range(count):
                for name, column in singles[at].items():
                    numpy.testing.assert_array_equal(observations[name][at], column, f"{name} of {at}")
            actions = vector.action_space.high * shares[:, None] * draws.random(vector.action_space.shape)
            observations, rewards, terminated, truncated, infos = vector.step(actions)
            self.assertFalse(terminated.any())
            for at, env in enumerate(envs):
                if is_over[at]:
                    singles[at], reward, is_over[at] = env.reset(options={"replication": at + count})[0], 0.0, False
                else:
                    singles[at], reward, _, is_over[at], info = env.step(actions[at])
                    if is_over[at]:
                        self.assertEqual(infos["metrics"][at], info["metrics"])
                        ended += 1
                self.assertEqual((rewards[at], truncated[at]), (reward, is_over[at]), at)

    @unittest.skipUnless(os.path.isdir("/proc/self/task"), "this system does not list threads")
    def test_a_vector_that_is_dropped_in_the_middle_leaves_no_threads(self):
        def threads():
            return len(os.listdir("/proc/self/task"))

        before = threads()
        for _ in range(3):
            vector = portvolt.gym.ChargingVectorEnv("depot_night", 3, set=DAY, threads=2)
            vector.reset()
            vector.step(vector.action_space.high)
            self.assertGreater(threads(), before)
            del vector
        until = time.monotonic() + 10
        while threads() > before and time.monotonic() < until:
            time.sleep(0.01)
        self.assertEqual(threads(), before)


if __name__ == "__main__":
    unittest.main()
