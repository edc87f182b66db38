"""Cabinets for the vehicles that come, connections that last year's peak does not fill, and whatever is planned."""

from math import ceil

from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import build_out_orders as orders
from wit_world.imports import build_out_view as view
from componentize_py_types import Err

peak_share = 0.9  # what lasts is kept out here: every call has a `Policy` of its own


def up_to(most, wanted):  # NaN and infinity are nothing, too
    return wanted if 0 < wanted <= most else 0.0


def decide():
    groups = zip(view.group_vehicle_kw(), view.group_cabinet_kw(), view.group_cabinets())
    short = [vehicle_kw / each_kw - cabinets if each_kw else 0 for vehicle_kw, each_kw, cabinets in groups]
    orders.add_cabinets([ceil(up_to(10_000, cabinets)) for cabinets in short])
    sites = zip(view.site_peak_kw(), view.site_limit_kw())  # an infinite limit needs nothing
    orders.add_grid([up_to(1e6, peak_kw / peak_share - limit_kw) for peak_kw, limit_kw in sites])
    orders.build_as_planned(1)


class Policy(exports.Policy):
    def describe(self):
        help = "Share of a connection that a peak may take."
        parameter = Parameter(name="peak_share", kind=0, unit="", default=0.9, least=0.1, most=1.0, help=help)
        help = "Builds ports for the vehicles that come, and connections for peaks."
        return Description(name="PLUGIN_NAME", version="0.1.0", help=help, parameters=[parameter])

    def start(self, parameters, seed):
        global peak_share
        peak_share = parameters[0]

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
