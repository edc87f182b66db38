"""Every session gets what it asks for, in Python. A start to change: limits are kept by the simulation afterwards."""

from wit_world import exports
from wit_world.exports.policy import Description
from wit_world.imports import charging_orders as orders
from wit_world.imports import charging_view as view
from componentize_py_types import Err

calls = 0  # what lasts is kept out here: every call has a `Policy` of its own


def decide():
    global calls
    calls += 1
    orders.set_points(list(view.session_ask_kw()))


class Policy(exports.Policy):
    def describe(self):
        return Description(name="PLUGIN_NAME", version="0.1.0", help="Every session gets what it asks for.", parameters=[])

    def start(self, parameters, seed):
        pass

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
