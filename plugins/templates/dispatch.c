/* Trucks that run low charge or fuel at the nearest site where their fleet may; the others take the first haul that they
   can do. A start to change. */
#define PORTVOLT_DISPATCH
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("charge_below_soc"), .initial = 0.4, .least = 0.0, .most = 1.0,
                                        .help = TEXT("Below it a truck charges or fuels first.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Refills low trucks, gives the others the first haul that they can do."),
                                    .parameters = parameters, .parameter_count = 1};
static double charge_below_soc;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    charge_below_soc = values[0];
    return (answer){0};
}

enum { HYDROGEN = 2 }; /* of `truck_carrier`: a truck with this energy on board fuels, one with a battery charges */

/* The nearest of a fleet's sites by km from here; one where `has_some` is not above zero is none. */
static uint32_t nearest(const double *km, uint32_t fleet, u32_list fleets, u32_list sites, const double *has_some) {
    uint32_t best = PORTVOLT_NONE;
    for (size_t row = 0; row < sites.length; row++) {
        uint32_t site = sites.at[row];
        if (fleets.at[row] != fleet || (has_some && !(has_some[site] > 0.0))) continue;
        if (best == PORTVOLT_NONE || km[site] < km[best]) best = site;
    }
    return best;
}

static answer decide(void) {
    u32_list id = truck_id(), fleet = truck_fleet(), site = truck_site(), end_s = truck_shift_end_s();
    u32_list drive_left_s = truck_driving_left_s();
    u32_list haul = haul_id(), origin = haul_origin(), to = haul_destination(), ready_s = haul_ready_s();
    u32_list only = haul_fleet(), drive_s, stay_s = site_stay_s();
    u32_list charging_fleet = fleet_charging_fleet(), charging_site = fleet_charging_site();
    u32_list fueling_fleet = fleet_fueling_fleet(), fueling_site = fleet_fueling_site();
    u8_list on_duty = truck_on_duty(), carrier = truck_carrier();
    f64_list soc = truck_soc(), usable_kwh = truck_usable_kwh(), energy_kwh = truck_energy_kwh();
    f64_list per_km = truck_loaded_kwh_per_km(), km = pair_energy_km(), free_kg = site_h2_free_kg();
    portvolt_pair_drive_s(hour(), &drive_s);
    uint32_t now_s = time_s(), sites = stay_s.length;
    uint8_t *taken = allocate(haul.length, 1);
    size_t first = 0; /* rows before it are taken */
    for (size_t row = 0; row < haul.length; row++) taken[row] = 0;
    for (size_t truck = 0; truck < id.length; truck++) {
        int refills = carrier.at[truck] != 0, fuels = carrier.at[truck] == HYDROGEN;
        if (refills && soc.at[truck] < (on_duty.at[truck] ? charge_below_soc : 0.85)) {
            const double to_soc = 0.9, *from_here = &km.at[site.at[truck] * sites];
            uint32_t refill = fuels ? nearest(from_here, fleet.at[truck], fueling_fleet, fueling_site, free_kg.at)
                                    : nearest(from_here, fleet.at[truck], charging_fleet, charging_site, 0);
            if (refill != PORTVOLT_NONE) {
                charge(&id.at[truck], 1, &refill, 1, &to_soc, 1);
                continue;
            }
        }
        while (first < haul.length && taken[first]) first++;
        for (size_t row = first; on_duty.at[truck] && row < haul.length && row < first + 48; row++) {
            uint32_t there = site.at[truck] * sites + origin.at[row], pair = origin.at[row] * sites + to.at[row];
            uint32_t there_s = now_s + drive_s.at[there];
            int is_mine = only.at[row] == PORTVOLT_NONE || only.at[row] == fleet.at[truck];
            int fits = ready_s.at[row] <= there_s
                       && drive_s.at[there] + drive_s.at[pair] <= drive_left_s.at[truck]
                       && there_s + stay_s.at[origin.at[row]] + drive_s.at[pair] <= end_s.at[truck];
            double needed_kwh = per_km.at[truck] * (km.at[there] + km.at[pair]);
            double left_kwh = energy_kwh.at[truck] - 0.25 * usable_kwh.at[truck] - needed_kwh;
            if (taken[row] || !is_mine || !fits || (refills && left_kwh < 0.0)) continue;
            taken[row] = 1;
            assign(&id.at[truck], 1, &haul.at[row], 1);
            break;
        }
    }
    return (answer){0};
}
