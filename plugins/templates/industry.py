"""The lever that saves its owner most for a tonne, until none saves anything; announced projects go on when they pay."""

from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import industry_orders as orders
from wit_world.imports import industry_view as view
from componentize_py_types import Err

most_usd_per_t = 0.0  # what lasts is kept out here: every call has a `Policy` of its own


def decide():
    options = zip(view.option_net_usd_per_year(), view.option_abated_t())
    usd_per_t = [usd / tonnes if tonnes > 0 else float("inf") for usd, tonnes in options]
    worth = [row for row, usd in enumerate(usd_per_t) if usd <= most_usd_per_t]  # NaN is worth nothing
    if worth:
        orders.take(min(worth, key=lambda row: usd_per_t[row]))
    elif view.asked_project():
        orders.cancel()


class Policy(exports.Policy):
    def describe(self):
        help = "What owners pay for a tonne beyond what pays."
        parameter = Parameter(name="most_usd_per_t", kind=0, unit="", default=0.0, least=0.0, most=10_000.0, help=help)
        help = "Takes the levers that cost their owners least for a tonne."
        return Description(name="PLUGIN_NAME", version="0.1.0", help=help, parameters=[parameter])

    def start(self, parameters, seed):
        global most_usd_per_t
        most_usd_per_t = parameters[0]

    def decide(self):
        try:
            decide()
        except Exception as error:  # else it would be a bare trap
            trace = error.__traceback__.tb_next
            raise Err(f"line {trace.tb_lineno}: {type(error).__name__}: {error}")

    def finish(self):
        pass
