"""Each holding buys its cheapest open option, or one without a tailpipe where that costs at most `premium` more."""

from math import isfinite

from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import adoption_orders as orders
from wit_world.imports import adoption_view as view
from componentize_py_types import Err

premium = 0.1  # what lasts is kept out here: every call has a `Policy` of its own


def decide():
    due, usd, is_clean = view.holding_due(), view.option_usd_per_year(), view.option_zero_emission()
    options = [[] for _ in due]
    for row, (holding, is_open) in enumerate(zip(view.option_holding(), view.option_open())):
        if is_open and isfinite(usd[row]):
            options[holding].append(row)
    count = [0] * len(usd)
    for holding, rows in enumerate(options):
        if rows:
            best = min(rows, key=lambda row: usd[row])  # of equal ones the first
            clean = min((row for row in rows if is_clean[row]), key=lambda row: usd[row], default=best)
            count[clean if usd[clean] <= usd[best] * (1 + premium) else best] = due[holding]
    orders.buy(count)


class Policy(exports.Policy):
    def describe(self):
        help = "How much more, as a share of the cheapest."
        parameter = Parameter(name="premium", kind=0, unit="", default=0.1, least=0.0, most=10.0, help=help)
        help = "Buys the cheapest, or what has no tailpipe where it costs little more."
        return Description(name="PLUGIN_NAME", version="0.1.0", help=help, parameters=[parameter])

    def start(self, parameters, seed):
        global premium
        premium = parameters[0]

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
