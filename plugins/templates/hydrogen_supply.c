/* Electrolysers run with the sun, and at full load below a reserve; trailers are ordered at the reorder point.
   A start to change. */
#define PORTVOLT_HYDROGEN_SUPPLY
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("reserve_level"), .initial = 0.35, .least = 0.0, .most = 1.0,
                                        .help = TEXT("Share of the storage that is kept.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Runs electrolysers with the sun, and at any hour below a reserve."),
                                    .parameters = parameters, .parameter_count = 1};
static double reserve_level;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    reserve_level = values[0];
    return (answer){0};
}

static answer decide(void) {
    f64_list stock_kg = station_stock_kg(), capacity_kg = station_capacity_kg(), on_order_kg = station_on_order_kg();
    f64_list payload_kg = station_payload_kg(), reorder_kg = station_reorder_kg();
    f64_list power_kw = station_power_kw(), solar_kw = station_solar_kw();
    u32_list on_the_way = station_trailers_on_order(), most = station_most_trailers();
    uint32_t hours = hours_known();
    double *load = allocate(stock_kg.length * 8, 8);
    uint32_t *trailers = allocate(stock_kg.length * 4, 4);
    for (size_t at = 0; at < stock_kg.length; at++) {
        double full_kw = power_kw.at[(at + 1) * PORTVOLT_LOAD_STEPS - 1];
        double share = full_kw > 0.0 ? solar_kw.at[at * hours] / full_kw : 0.0;
        if (stock_kg.at[at] < reserve_level * capacity_kg.at[at]) share = 1.0;
        load[at] = share > 0.0 ? (share < 1.0 ? share : 1.0) : 0.0;
        double sure_kg = stock_kg.at[at] + on_order_kg.at[at], each_kg = payload_kg.at[at];
        uint32_t more = 0;
        while (on_the_way.at[at] + more < most.at[at] && sure_kg + each_kg * more <= reorder_kg.at[at]) more++;
        trailers[at] = more;
    }
    run_at(load, stock_kg.length);
    order_trailers(trailers, stock_kg.length);
    return (answer){0};
}
