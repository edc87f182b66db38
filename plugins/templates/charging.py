"""Every session gets what it asks for, in Python. A start to change: limits are kept by the simulation afterwards."""

from wit_world import exports
from wit_world.exports.policy import Description
from wit_world.imports import charging_orders as orders
from wit_world.imports import charging_view as view


class Policy(exports.Policy):
    def describe(self):
        return Description(name="PLUGIN_NAME", version="0.1.0", help="Every session gets what it asks for.", parameters=[])

    def start(self, parameters, seed):
        pass

    def decide(self):
        orders.set_points(list(view.session_ask_kw()))

    def finish(self):
        pass
