/* Trucks that run low charge at the first site where their fleet may; the others take the first haul that they can do.
   A start to change. */
#define PORTVOLT_DISPATCH
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("charge_below_soc"), .initial = 0.4, .least = 0.0, .most = 1.0,
                                        .help = TEXT("Below it a truck charges first.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Charges low trucks, gives the others the first haul that they can do."),
                                    .parameters = parameters, .parameter_count = 1};
static double charge_below_soc;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    charge_below_soc = values[0];
    return (answer){0};
}

static answer decide(void) {
    u32_list id = truck_id(), fleet = truck_fleet(), site = truck_site(), end_s = truck_shift_end_s();
    u32_list haul = haul_id(), origin = haul_origin(), to = haul_destination(), ready_s = haul_ready_s();
    u32_list only = haul_fleet(), drive_s, stay_s = site_stay_s();
    u32_list charging_fleet = fleet_charging_fleet(), charging_site = fleet_charging_site();
    u8_list on_duty = truck_on_duty();
    f64_list soc = truck_soc(), usable_kwh = truck_usable_kwh(), energy_kwh = truck_energy_kwh();
    f64_list per_km = truck_loaded_kwh_per_km(), km = pair_energy_km();
    portvolt_pair_drive_s(hour(), &drive_s);
    uint32_t now_s = time_s(), sites = stay_s.length;
    uint8_t *taken = allocate(haul.length, 1);
    size_t first = 0; /* rows before it are taken */
    for (size_t row = 0; row < haul.length; row++) taken[row] = 0;
    for (size_t truck = 0; truck < id.length; truck++) {
        int has_battery = usable_kwh.at[truck] > 0.0;
        if (has_battery && soc.at[truck] < (on_duty.at[truck] ? charge_below_soc : 0.95)) {
            for (size_t row = 0; row < charging_site.length; row++) {
                if (charging_fleet.at[row] != fleet.at[truck]) continue;
                double to_soc = 0.9;
                charge(&id.at[truck], 1, &charging_site.at[row], 1, &to_soc, 1);
                break;
            }
            continue;
        }
        while (first < haul.length && taken[first]) first++;
        for (size_t row = first; on_duty.at[truck] && row < haul.length && row < first + 48; row++) {
            uint32_t there = site.at[truck] * sites + origin.at[row], pair = origin.at[row] * sites + to.at[row];
            uint32_t there_s = now_s + drive_s.at[there];
            int is_mine = only.at[row] == PORTVOLT_NONE || only.at[row] == fleet.at[truck];
            int fits = ready_s.at[row] <= there_s
                       && there_s + stay_s.at[origin.at[row]] + drive_s.at[pair] <= end_s.at[truck];
            double needed_kwh = per_km.at[truck] * (km.at[there] + km.at[pair]);
            double left_kwh = energy_kwh.at[truck] - 0.25 * usable_kwh.at[truck] - needed_kwh;
            if (taken[row] || !is_mine || !fits || (has_battery && left_kwh < 0.0)) continue;
            taken[row] = 1;
            assign(&id.at[truck], 1, &haul.at[row], 1);
            break;
        }
    }
    return (answer){0};
}
