/* The lever that saves its owner most for a tonne, until none saves anything. A start to change. */
#define PORTVOLT_INDUSTRY
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("most_usd_per_t"), .initial = 0.0, .least = 0.0, .most = 10000.0,
                                        .help = TEXT("What owners pay for a tonne beyond what pays.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Takes the levers that cost their owners least for a tonne."),
                                    .parameters = parameters, .parameter_count = 1};
static double most_usd_per_t;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    most_usd_per_t = values[0];
    return (answer){0};
}

static answer decide(void) {
    f64_list net_usd = option_net_usd_per_year(), abated_t = option_abated_t();
    size_t best = net_usd.length;
    double least = most_usd_per_t;
    for (size_t option = 0; option < net_usd.length; option++) { /* NaN is never less */
        if (!(abated_t.at[option] > 0.0)) continue; /* of a project that abates nothing no price of a tonne says anything */
        double usd_per_t = net_usd.at[option] / abated_t.at[option];
        if (usd_per_t < least || (usd_per_t <= least && best == net_usd.length)) {
            best = option;
            least = usd_per_t;
        }
    }
    if (best < net_usd.length) take((uint32_t)best);
    else if (asked_project()) cancel();
    return (answer){0};
}
