"""First come, first served, in Python: hauls in the order of readiness go to the first truck that can do them."""

from wit_world import exports
from wit_world.exports.policy import Description, Parameter
from wit_world.imports import dispatch_orders as orders
from wit_world.imports import dispatch_view as view
from componentize_py_types import Err

NONE = 4294967295
HYDROGEN = 2  # of `truck_carrier`: a truck with this energy on board fuels, one with a battery charges
TRUCKS_PER_HAUL = 16  # a haul looks at no more trucks, so that a decision's cost grows with the hauls only


class FirstCome:
    """The policy itself: `start` gets values of the parameters, `decide` reads columns and gives orders."""

    def __init__(self, reserve_soc, charge_below_soc):
        self.reserve_soc = reserve_soc
        self.charge_below_soc = charge_below_soc
        self.km = None

    def decide(self):
        if self.km is None:  # never changes in a run
            self.km = view.pair_energy_km()
            self.charging = list(zip(view.fleet_charging_fleet(), view.fleet_charging_site()))
            self.fueling = list(zip(view.fleet_fueling_fleet(), view.fleet_fueling_site()))
        now, sites, drive_s = view.time_s(), len(view.site_ports()), view.pair_drive_s(view.hour())
        stay_s, free_kg = view.site_stay_s(), view.site_h2_free_kg()
        trucks = list(zip(view.truck_id(), view.truck_fleet(), view.truck_site(), view.truck_on_duty(), view.truck_soc(),
                          view.truck_energy_kwh(), view.truck_usable_kwh(), view.truck_loaded_kwh_per_km(),
                          view.truck_shift_end_s(), view.truck_driving_left_s()))
        free, charge = [], []
        for truck, carrier in zip(trucks, view.truck_carrier()):
            number, fleet, site, on_duty, soc = truck[:5]
            if carrier != 0 and soc < (self.charge_below_soc if on_duty else 0.85):
                if carrier == HYDROGEN:
                    usable = [at for of, at in self.fueling if of == fleet and free_kg[at] > 0]
                else:
                    usable = [at for of, at in self.charging if of == fleet]
                here = [(self.km[site * sites + at], at) for at in usable]
                if here:
                    charge.append((number, min(here)[1], 0.9))
                    continue
            if on_duty:
                free.append(truck)
        assign = []
        hauls = zip(view.haul_id(), view.haul_origin(), view.haul_destination(), view.haul_ready_s(), view.haul_fleet())
        for haul, origin, destination, ready_s, wanted in hauls:
            if not free or ready_s > now + 1800:
                break
            for at, truck in enumerate(free[:TRUCKS_PER_HAUL]):
                number, fleet, site, _, _, energy, usable, per_km, end_s, left_s = truck
                to_s, haul_s = drive_s[site * sites + origin], drive_s[origin * sites + destination]
                km = self.km[site * sites + origin] + self.km[origin * sites + destination]
                if (wanted in (NONE, fleet) and ready_s <= now + to_s and to_s + haul_s <= left_s
                        and now + to_s + stay_s[origin] + haul_s <= end_s
                        and (usable <= 0 or energy - self.reserve_soc * usable >= km * per_km)):
                    assign.append((number, haul))
                    del free[at]
                    break
        if assign:
            orders.assign([truck for truck, _ in assign], [haul for _, haul in assign])
        if charge:
            orders.charge([truck for truck, _, _ in charge], [site for _, site, _ in charge], [soc for _, _, soc in charge])


# What the host calls. An exception becomes an error with its lines; anything else would be a bare trap.

running = None


def guarded(act):
    try:
        return act()
    except Exception as error:
        lines, trace = [f"{type(error).__name__}: {error}"], error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"  in {code.co_name}, line {trace.tb_lineno}")
            trace = trace.tb_next
        raise Err("\n".join(lines))


class Policy(exports.Policy):
    def describe(self):
        def share(name, default, about):
            return Parameter(name=name, kind=0, unit="", default=default, least=0.0, most=1.0, help=about)

        return Description(
            name="first_come_in_python",
            version="0.1.0",
            help="Hauls in the order of readiness go to the first truck that can do them.",
            parameters=[
                share("reserve_soc", 0.25, "State of charge left at the end of a haul."),
                share("charge_below_soc", 0.4, "Below it a truck charges or fuels first."),
            ],
        )

    def start(self, parameters, seed):
        global running
        running = guarded(lambda: FirstCome(*parameters))

    def decide(self):
        guarded(running.decide)

    def finish(self):
        pass
