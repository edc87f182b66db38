"""A free carrier takes the nearest open move; a unit that is low charges where way and queue are shortest."""

from math import isnan
from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import yard_dispatch_orders as orders
from wit_world.imports import yard_dispatch_view as view
from componentize_py_types import Err

NONE = 4294967295
FREE, BETWEEN, REST, WAIT = range(4)
reserve_soc = 0.25  # what lasts is kept out here: every call has a `Policy` of its own


def decide():
    why, unit = view.asked_why(), view.asked_unit()
    soc = view.unit_soc()[unit]
    if why in (FREE, BETWEEN) and not isnan(soc) and soc <= reserve_soc:
        ways, waiting, plugs = view.lot_m(), view.lot_waiting(), view.lot_plugs()
        visit_s = view.lot_visit_s()
        lots = [lot for lot, is_open in enumerate(view.lot_open()) if is_open]
        if lots:
            wait_s = lambda lot: ways[lot] / 5 + visit_s[lot] * waiting[lot] / max(plugs[lot], 1)
            orders.charge(min(lots, key=wait_s), 0.8, NONE)
            return
    if why == FREE:
        most = view.carriers_per_crane()
        moves = zip(view.move_id(), view.move_empty_m(), view.move_carriers(), view.move_due_s())
        near = [(way, id) for id, way, carriers, due_s in moves if carriers < most or due_s == NONE]
        if near:
            orders.take(min(near)[1])


class Policy(exports.Policy):
    def describe(self):
        help = "State of charge at which a unit goes to charge."
        parameter = Parameter(name="reserve_soc", kind=0, unit="", default=0.25, least=0.05, most=0.9, help=help)
        help = "The nearest move; a unit that is low charges where way and queue are shortest."
        return Description(name="PLUGIN_NAME", version="0.1.0", help=help, parameters=[parameter])

    def start(self, parameters, seed):
        global reserve_soc
        reserve_soc = parameters[0]

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
