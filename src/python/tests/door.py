"""Contract of the Python package: runs and studies are those of the program and their tables are read without files; errors name
file and line; other threads go on, and Ctrl-C ends a run or a study; an environment is Gymnasium's, a run steered by the orders of
a built-in policy is that policy's run, increments add up to the metrics of the run, and many environments are the same ones side by
side; a network trained here decides the same as a plugin.

`.ci/python` builds the package and runs this. Without gymnasium, polars or pyarrow the tests that need them skip themselves.
"""

import contextlib
import functools
import importlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
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
PLANNED = {"set": DAY, "strategy": "planned"}


def nested_loops(count):
    """A component whose one function has so many nested loops that share as many variables: minutes for a compiler."""

    def number(value):
        low, rest = value & 127, value >> 7
        return bytes([low | 128]) + number(rest) if rest else bytes([low])

    def sized(body):
        return number(len(body)) + body

    begin = b"".join(b"\x03\x40\x20\x00\x21" + number(1 + at) for at in range(count))
    end = b"".join(b"\x20" + number(1 + at * 7 % count) + b"\x0d\x00\x0b" for at in range(count))
    code = sized(b"\x01" + number(count) + b"\x7f" + begin + end + b"\x0b")
    parts = b"\x01" + sized(b"\x01\x60\x01\x7f\x00") + b"\x03" + sized(b"\x01\x00") + b"\x0a" + sized(b"\x01" + code)
    return b"\0asm\x0d\0\x01\0\x01" + sized(b"\0asm\x01\0\0\0" + parts)


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

    def test_what_no_run_can_have_is_said(self):
        with self.assertRaisesRegex(ValueError, "seed is -1: write a whole number from 0 to 18446744073709551615"):
            portvolt.run("depot_night", set=DAY, seed=-1)
        with self.assertRaisesRegex(ValueError, "replication is -3: write a whole number from 0 to 4294967295"):
            portvolt.run("depot_night", set=DAY, replication=-3)
        with self.assertRaises(TypeError) as refused:
            portvolt.run("depot_night", set=DAY, seed="one")
        self.assertIn("'seed'", "".join(refused.exception.__notes__))
        for wrong in ({"time.days": None}, {"policy.charging": {"name": "edf", "plugin": None}}):
            with self.assertRaisesRegex(ValueError, f"set: {next(iter(wrong))}: None is no value of a file: leave it out"):
                portvolt.run("depot_night", set=wrong)

    def test_a_plugin_that_no_compiler_ends_with_is_refused_in_time(self):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            plugin = pathlib.Path(folder, "nested.wasm")
            plugin.write_bytes(nested_loops(2_000))
            with self.assertRaisesRegex(portvolt.RunError, "nested.wasm: took more than 5 s of processor time"):
                portvolt.run("depot_night", set=DAY | {"policy.charging": plugin})
        self.assertLess(time.monotonic() - begun, 90)

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


class Studies(unittest.TestCase):
    def setUp(self):
        self.program = os.environ.get("PORTVOLT_PROGRAM")
        if not self.program:
            self.skipTest("PORTVOLT_PROGRAM names no program")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def told(self, *words):
        """What the program prints."""
        command = [self.program, *map(str, words), "--format", "json", "--quiet"]
        done = subprocess.run(command, capture_output=True, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def test_a_comparison_is_the_one_of_the_program(self):
        words = ["--strategies", "bau,charging=uncontrolled+site.depot.limit_kw=900", "--replications", 3, "--days", 1]
        words += ["--metric", "energy_delivered_kwh", "--vary", "site.depot.limit_kw=-20%"]
        told = self.told("compare", "depot_night", *words)
        strategies = ["bau", "charging=uncontrolled+site.depot.limit_kw=900"]
        more = {"metric": "energy_delivered_kwh", "vary": ["site.depot.limit_kw=-20%"]}
        study = portvolt.compare("depot_night", strategies, set=DAY, replications=3, **more)
        self.assertEqual(study.answer, told)
        self.assertEqual(sorted(study.tables), ["comparison", "replications", "sensitivity"])
        self.assertEqual(len(study.tables["comparison"]), 2 * len(told["metrics"]))
        by_settings = {"policy.charging.name": "uncontrolled", "site.depot.limit_kw": 900}
        again = portvolt.compare("depot_night", ["bau", by_settings], set=DAY, replications=3)
        self.assertEqual(
            [strategy["digest"] for strategy in again.answer["strategies"]],
            [strategy["digest"] for strategy in told["strategies"]],
        )

    def test_a_sensitivity_is_the_one_of_the_program(self):
        (self.folder / "ranges.toml").write_text('"site.depot.load_kw" = [40, 80]\n')
        # Four trucks in long ticks, and one number in doubt: otherwise it is hundreds of runs.
        scenario = pathlib.Path(__file__).parents[3] / "scenarios" / "depot_night" / "scenario.toml"
        sources = re.findall(r"^\[source\.(\w+)\]", scenario.read_text(encoding="utf-8"), re.MULTILINE)
        small = DAY | {"time.tick_s": 300, "fleet.carrier.trucks": {"ecascadia_438": 4}}
        small |= {f"source.{source}.quality": "chosen" for source in sources}
        words = ["--replications", 1, "--points", 16, "--most", 1, "--metric", "bill_energy_usd"]
        words += [word for setting in portvolt.words.settings(small) for word in ("--set", setting)]
        told = self.told("sensitivity", "depot_night", *words, "--ranges", "ranges.toml")
        less = {"replications": 1, "points": 16, "most": 1, "metric": "bill_energy_usd"}
        study = portvolt.sensitivity("depot_night", set=small, ranges={"site.depot.load_kw": (40, 80)}, **less)
        del told["dir"]
        self.assertEqual(study.answer, told)
        self.assertEqual(len(study.tables["numbers"]), 1)
        self.assertEqual([number["path"] for number in told["numbers"]], ["site.depot.load_kw"])

    def test_a_design_is_the_one_of_the_program(self):
        path = self.folder / "study.toml"
        path.write_text(
            'scenario = "depot_night"\nobjective = "bill_total_usd"\nsettings = ["time.days=1"]\n[budget]\nruns = 12\n'
            '[decide]\n"charger.night.cabinets" = { from = 6, to = 14, step = 4 }\n'
        )
        told = self.told("optimize", "study.toml")
        study = portvolt.optimize(path)
        del told["dir"]
        self.assertEqual(study.answer, told)
        self.assertEqual(len(study.tables["designs"]), told["designs_tried"])

    def test_a_replay_is_the_one_of_the_program(self):
        sessions = pathlib.Path(__file__).parents[3] / "tests" / "cases" / "n20_d7_s15" / "sessions.csv"
        told = self.told("replay", sessions, "--policy", "edf", "--limit-kw", 200, "--tariff", "sce_tou_ev_9")
        run = portvolt.replay(sessions, policy="edf", limit_kw=200, tariff="sce_tou_ev_9")
        self.assertEqual(run.digest, told["digest"])
        total = {metric["name"]: metric["value"] for metric in told["metrics"] if metric["scope"] == "total"}
        self.assertEqual(run.metrics, total)
        with self.assertRaisesRegex(portvolt.ScenarioError, "limit-kw"):
            portvolt.replay(sessions, limit_kw=-1)

    def test_a_bill_is_the_one_of_the_program(self):
        rows = "".join(f"2025-07-{day:02} {hour:02}:00,{50 + 3 * hour}\n" for day in range(1, 32) for hour in range(24))
        path = self.folder / "load.csv"
        path.write_text("start,kw\n" + rows)
        told = self.told("bill", path, "--tariff", "sce_tou_ev_9", "--zone", "America/Los_Angeles")
        self.assertEqual(portvolt.bill(path, "sce_tou_ev_9", map={"zone": "America/Los_Angeles"}), told)
        self.assertGreater(told["total_usd"], 1000)
        path.write_text("start,kw\n2025-07-01 00:00,much\n")
        with self.assertRaises(portvolt.ScenarioError) as raised:
            portvolt.bill(path, "sce_tou_ev_9")
        self.assertEqual(raised.exception.problems[0]["line"], 2)
        with self.assertRaisesRegex(portvolt.ScenarioError, "zoned"):
            portvolt.bill(path, "sce_tou_ev_9", map={"zoned": "UTC"})

    def test_a_fork_is_the_one_of_the_program(self):
        self.told("run", "depot_night", "--days", 2, "--out", self.folder / "run")
        change = {"site.depot.limit_kw": 500}
        at = "2025-06-03T12:00"
        told = self.told("fork", self.folder / "run", "--at", at, "--set", "site.depot.limit_kw=500")
        run = portvolt.run("depot_night", set={"time.days": 2})
        for past in (self.folder / "run", run):
            fork = portvolt.fork(past, at, set=change)
            self.assertEqual(fork.answer["metrics"], told["fork"])
            self.assertEqual(fork.run.digest, told["digest"])
        self.assertNotEqual(fork.run.digest, run.digest)
        later = portvolt.fork(fork.run, "2025-06-03T18:00", set={"site.depot.limit_kw": 900})
        self.assertEqual(len(later.answer["lineage"]), 2)
        with self.assertRaisesRegex(ValueError, "cannot change while a run goes on"):
            portvolt.fork(run, at, set={"charger.night.cabinets": 3})

    def test_errors_are_told(self):
        with self.assertRaises(portvolt.ScenarioError) as raised:
            portvolt.compare("depot_night", ["edff", "fcfs", "fcfs"], set={"time.days": 0})
        told = [problem["message"] for problem in raised.exception.problems]
        self.assertGreater(len(told), 2, told)
        self.assertIn("edff", told[0])
        self.assertIn("twice", told[1])
        with self.assertRaisesRegex(ValueError, "there is no metric `peak_kv`"):
            portvolt.compare("depot_night", "bau", metric="peak_kv")
        with self.assertRaisesRegex(ValueError, "replications"):
            portvolt.sensitivity("depot_night", replications=0)
        with self.assertRaisesRegex(portvolt.ScenarioError, "study.toml"):
            (self.folder / "study.toml").write_text("scenario = 3\n")
            portvolt.optimize(self.folder / "study.toml")

    def test_ctrl_c_ends_a_study(self):
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()
        with self.assertRaises(KeyboardInterrupt):
            portvolt.compare("depot_night", "bau,fcfs", replications=100_000)


@unittest.skipUnless(gymnasium, "gymnasium is not here")
class Guide(unittest.TestCase):
    def examples(self, page):
        """Runs the examples of a page, one after the other; what they print."""
        guide = pathlib.Path(__file__).parents[2] / "guide" / page
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
        return told.getvalue().splitlines()

    def test_the_examples_of_the_guide_run(self):
        self.assertGreater(len(self.examples("python.md")), 3)

    def test_the_examples_on_training_run(self):
        if not learned():
            self.skipTest("the guest learned_charging cannot be built here")
        self.assertGreater(len(self.examples("train_a_policy.md")), 3)


@functools.cache
def learned():
    """The guest of the trained network; none where guests in Rust cannot be built."""
    plugins = pathlib.Path("plugins")
    if not (plugins / "build.sh").exists() or not shutil.which("bash"):
        return None
    told = subprocess.run(["bash", plugins / "build.sh", "rust"], capture_output=True, text=True).stdout
    return pathlib.Path("target/plugins/learned_charging.wasm") if "learned_charging" in told else None


@unittest.skipUnless(gymnasium, "gymnasium is not here")
class Learned(unittest.TestCase):
    def setUp(self):
        if not learned():
            self.skipTest("the guest learned_charging cannot be built here")
        sys.path.append("plugins/learned_charging")
        self.train = importlib.import_module("train")
        self.weights = self.train.load()

    def test_the_plugin_gives_the_orders_of_python(self):
        plugin = {"policy.charging": str(learned().absolute())}
        for days in (2, 7):
            env = portvolt.gym.ChargingEnv("depot_night", set={"time.days": days}, digest=True)
            seen, _ = env.reset(seed=3)
            is_over = False
            while not is_over:
                seen, _, _, is_over, info = env.step(self.train.set_points(self.weights, seen))
                self.assertEqual(info["rejected"], 0)
            run = portvolt.run("depot_night", set={"time.days": days} | plugin, seed=3)
            self.assertEqual(info["digest"], run.digest)
            self.assertEqual(run.plugins[0]["rejected"], 0)

    def test_it_is_better_than_uncontrolled(self):
        strategies = ["charging=uncontrolled", f"charging={learned()}"]
        study = portvolt.compare("depot_night", strategies, set={"time.days": 3}, replications=4, seed=2)
        metrics = {metric["name"]: metric for metric in study.answer["metrics"] if metric["scope"] == "total"}
        trained = metrics["bill_total_usd"]["strategies"][1]
        self.assertLess(trained["difference"] + trained["difference_half_width"], 0)
        plain, hauls = metrics["hauls_completed"]["strategies"]
        self.assertGreater(hauls["mean"], 0.95 * plain["mean"], "it does not save by leaving work undone")

    def test_training_earned_something(self):
        train = self.train
        envs = portvolt.gym.ChargingVectorEnv(train.SCENARIO, 2, set=train.DAYS, seed=9, rewards=train.REWARDS)
        before, after = train.scores(envs, numpy.stack([train.begin(), self.weights]), 0)
        self.assertGreater(after, before)


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
            check_env(portvolt.gym.DispatchEnv("depot_night", set=DAY), skip_render_check=True)
            check_env(portvolt.gym.YardEnv("port_terminal", **PLANNED), skip_render_check=True)

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

    def test_a_run_by_the_orders_of_a_built_in_dispatch_is_its_run(self):
        cases = [("depot_night", "nearest_feasible"), ("depot_night", "least_empty_km")]
        for scenario, policy in [*cases, ("hydrogen_corridor", "nearest_feasible")]:
            with self.subTest(policy=policy, scenario=scenario):
                chosen = DAY | {"policy.dispatch.name": policy}
                native = portvolt.run(scenario, set=chosen)
                env = portvolt.gym.DispatchEnv(scenario, set=chosen, expert=policy, digest=True, hauls=600)
                _, info = env.reset()
                steps, is_over = 0, False
                while not is_over:
                    self.assertNotIn("hidden", info)
                    _, _, _, is_over, info = env.step(info["expert_action"])
                    steps += 1
                    self.assertEqual(info["rejected"], 0)
                self.assertGreater(steps, 50)
                self.assertEqual(info["digest"], native.digest)

    def test_a_run_by_the_orders_of_a_built_in_yard_is_its_run(self):
        chosen = {**PLANNED, "set": DAY | {"policy.yard": "breaks"}}
        native = portvolt.run("port_terminal", **chosen)
        env = portvolt.gym.YardEnv("port_terminal", expert="breaks", digest=True, copy=False, **chosen)
        _, info = env.reset()
        kinds, moves, is_over = set(), len(env.observation_space["move_id"].low), False
        while not is_over:
            order = info["expert_action"]["order"][0]
            self.assertEqual(info["action_mask"][0, order], 1)
            kinds.add(int(numpy.digitize(order, [1, 1 + moves])))
            _, _, _, is_over, info = env.step(info["expert_action"])
            self.assertEqual(info["rejected"], 0)
        self.assertEqual(kinds, {0, 1, 2})
        self.assertEqual(info["digest"], native.digest)
        seen, _ = env.reset()
        *_, info = env.step({"order": [10**6], "to_soc": [0.0], "until_s": [0.0]})
        self.assertEqual(info["rejected"], 1)

    def test_increments_add_up_to_the_metrics_of_the_run(self):
        for make in (portvolt.gym.ChargingEnv, portvolt.gym.DispatchEnv):
            with self.subTest(make.__name__):
                self.add_up(make, "price_aware" if make is portvolt.gym.ChargingEnv else "nearest_feasible")

    def test_batteries_that_end_empty_are_no_gain(self):
        self.assertIn("refill_usd", portvolt.gym.REWARDS)
        lacks = {}
        for policy in ("uncontrolled", "nothing"):
            run = portvolt.run("depot_night", set=DAY | {"policy.charging.name": policy})
            lacks[policy] = run.metrics["refill_usd"]
        self.assertGreater(lacks["nothing"], max(lacks["uncontrolled"], 0))
        env = self.env(expert="uncontrolled", rewards={"refill_usd": 1.0})
        _, info = env.reset()
        rewards, is_over = [], False
        while not is_over:
            _, reward, _, is_over, info = env.step(info["expert_action"])
            rewards.append(reward)
        self.assertEqual(set(rewards[:-1]), {0.0})
        self.assertAlmostEqual(rewards[-1], info["metrics"]["refill_usd"])

    def add_up(self, make, expert):
        rewards = dict.fromkeys([*portvolt.FOLLOWED, "bill_demand_usd", "truck_km"], 1.0)
        env = make("depot_night", set=DAY, rewards=rewards, expert=expert)
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

    def test_orders_of_dispatch_work(self):
        env = portvolt.gym.DispatchEnv("depot_night", set=DAY, expert="nearest_feasible", hauls=40)
        seen, info = env.reset()
        hidden, is_over, kinds = 0, False, set()
        while not is_over:
            mask, expert = info["action_mask"], info["expert_action"]["order"]
            present = seen["truck_present"].astype(bool)
            self.assertTrue((mask[~present, 1:] == 0).all())
            self.assertTrue(mask[numpy.arange(len(expert)), expert].all(), "the expert orders what may be ordered")
            kinds |= set(numpy.digitize(expert, [1, 41]))
            hidden = max(hidden, info.get("hidden", 0))
            seen, _, _, is_over, info = env.step(info["expert_action"])
        self.assertEqual(kinds, {0, 1, 2})
        # A truck for a haul that is not there, and one for a site that is none.
        seen, _ = env.reset(seed=1)
        trucks = numpy.flatnonzero(seen["truck_present"])
        count = len(seen["truck_present"])
        wrong = {"order": numpy.zeros(count, dtype=int), "to_soc": numpy.full(count, 0.5)}
        wrong["order"][trucks[0]] = int(seen["haul_present"].sum()) + 1
        *_, info = env.step(wrong)
        self.assertEqual(info["rejected"], 1)
        self.assertIn("haul", info["rejected_why"][0])
        drawn = env.action_space["order"].sample(mask=tuple(info["action_mask"]))
        self.assertTrue(info["action_mask"][numpy.arange(len(drawn)), drawn].all())

    def test_nobody_waits_where_dispatch_is_not_asked(self):
        with self.assertRaisesRegex(portvolt.RunError, "dispatch"):
            portvolt.gym.DispatchEnv("depot_night", set=DAY | {"fleet.carrier.trucks": {"ecascadia_438": 0}})

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

    def test_a_vector_of_dispatch_is_its_environments_side_by_side(self):
        count = 3
        vector = portvolt.gym.DispatchVectorEnv("depot_night", count, set=DAY, threads=2, hauls=50)
        envs = [portvolt.gym.DispatchEnv("depot_night", set=DAY, hauls=50) for _ in range(count)]
        for how in ({"seed": 7}, {"seed": 7, "options": {"replication": 4}}):
            observations, infos = vector.reset(**how)
            singles = [
                env.reset(seed=7, options={"replication": at} | how.get("options", {})) for at, env in enumerate(envs)
            ]
            draws = numpy.random.default_rng(1)
            for _ in range(30):
                for at, (seen, info) in enumerate(singles):
                    for name, column in seen.items():
                        numpy.testing.assert_array_equal(observations[name][at], column, f"{name} of {at}")
                    numpy.testing.assert_array_equal(infos["action_mask"][at], info["action_mask"])
                orders = (draws.random(infos["action_mask"].shape) * infos["action_mask"]).argmax(axis=-1)
                actions = {"order": orders, "to_soc": draws.random(orders.shape)}
                observations, rewards, _, _, infos = vector.step(actions)
                for at, env in enumerate(envs):
                    seen, reward, _, _, info = env.step({name: part[at] for name, part in actions.items()})
                    singles[at] = seen, info
                    self.assertEqual((rewards[at], infos["rejected"][at]), (reward, info["rejected"]))

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
