/* Cabinets for the vehicles that come, connections that last year's peak does not fill, and whatever is planned.
   A start to change. */
#define PORTVOLT_BUILD_OUT
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("peak_share"), .initial = 0.9, .least = 0.1, .most = 1.0,
                                        .help = TEXT("Share of a connection that a peak may take.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Builds ports for the vehicles that come, and connections for peaks."),
                                    .parameters = parameters, .parameter_count = 1};
static double peak_share;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    peak_share = values[0];
    return (answer){0};
}

static answer decide(void) {
    u32_list cabinets = group_cabinets();
    f64_list cabinet_kw = group_cabinet_kw(), vehicle_kw = group_vehicle_kw();
    f64_list limit_kw = site_limit_kw(), peak_kw = site_peak_kw();
    uint32_t *more = allocate(cabinets.length * 4, 4);
    double *more_kw = allocate(limit_kw.length * 8, 8);
    for (size_t group = 0; group < cabinets.length; group++) { /* 10,000 are the most; NaN and infinity are none */
        double wanted = __builtin_ceil(vehicle_kw.at[group] / cabinet_kw.at[group]) - cabinets.at[group];
        more[group] = wanted > 0.0 && wanted <= 10000.0 ? wanted : 0.0;
    }
    for (size_t site = 0; site < limit_kw.length; site++) { /* an infinite limit needs nothing; 1 GW is the most */
        double wanted_kw = peak_kw.at[site] / peak_share - limit_kw.at[site];
        more_kw[site] = wanted_kw > 0.0 && wanted_kw <= 1e6 ? wanted_kw : 0.0;
    }
    add_cabinets(more, cabinets.length);
    add_grid(more_kw, limit_kw.length);
    build_as_planned(1);
    return (answer){0};
}
