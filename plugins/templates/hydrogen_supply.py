"""Electrolysers run with the sun, and at full load below a reserve; trailers are ordered at the reorder point."""

from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import hydrogen_supply_orders as orders
from wit_world.imports import hydrogen_supply_view as view
from componentize_py_types import Err

LOAD_STEPS = 10
reserve_level = 0.35  # what lasts is kept out here: every call has a `Policy` of its own


def decide():
    loads, trailers = [], []
    hours, solar_kw, power_kw = view.hours_known(), view.station_solar_kw(), view.station_power_kw()
    stations = zip(view.station_stock_kg(), view.station_capacity_kg(), view.station_on_order_kg(),
                   view.station_payload_kg(), view.station_reorder_kg(),
                   view.station_trailers_on_order(), view.station_most_trailers())
    for at, (stock, capacity, on_order, payload, reorder, on_the_way, most) in enumerate(stations):
        full_kw = power_kw[(at + 1) * LOAD_STEPS - 1]
        share = solar_kw[at * hours] / full_kw if full_kw > 0 else 0.0
        if stock < reserve_level * capacity:
            share = 1.0
        loads.append(min(share, 1.0) if share > 0 else 0.0)
        more = 0
        while on_the_way + more < most and stock + on_order + payload * more <= reorder:
            more += 1
        trailers.append(more)
    orders.run_at(loads)
    orders.order_trailers(trailers)


class Policy(exports.Policy):
    def describe(self):
        help = "Share of the storage that is kept."
        parameter = Parameter(name="reserve_level", kind=0, unit="", default=0.35, least=0.0, most=1.0, help=help)
        help = "Runs electrolysers with the sun, and at any hour below a reserve."
        return Description(name="PLUGIN_NAME", version="0.1.0", help=help, parameters=[parameter])

    def start(self, parameters, seed):
        global reserve_level
        reserve_level = parameters[0]

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
