/* A free carrier takes the nearest open move; a unit that is low charges where way and queue are shortest.
   A start to change. */
#define PORTVOLT_YARD_DISPATCH
#include "portvolt.h"

enum { FREE, BETWEEN };

static const parameter parameters[] = {{.name = TEXT("reserve_soc"), .initial = 0.25, .least = 0.05, .most = 0.9,
                                        .help = TEXT("State of charge at which a unit goes to charge.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("The nearest move; a unit that is low charges where way and queue are shortest."),
                                    .parameters = parameters, .parameter_count = 1};
static double reserve_soc;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    reserve_soc = values[0];
    return (answer){0};
}

static answer decide(void) {
    uint32_t why = asked_why();
    if (why != FREE && why != BETWEEN) return (answer){0};
    if (unit_soc().at[asked_unit()] <= reserve_soc) {
        u8_list open = lot_open();
        f64_list way = lot_m(), visit = lot_visit_s();
        u32_list waiting = lot_waiting(), plugs = lot_plugs();
        size_t best = open.length;
        double least = 0.0;
        for (size_t lot = 0; lot < open.length; lot++) {
            double wait = way.at[lot] / 5.0 + visit.at[lot] * waiting.at[lot] / (plugs.at[lot] ? plugs.at[lot] : 1);
            if (open.at[lot] && (best == open.length || wait < least)) best = lot, least = wait;
        }
        if (best < open.length) {
            charge(best, 0.8, PORTVOLT_NONE);
            return (answer){0};
        }
    }
    if (why != FREE) return (answer){0};
    u32_list id = move_id(), carriers = move_carriers(), due = move_due_s();
    f64_list way = move_empty_m();
    uint32_t most = carriers_per_crane();
    size_t best = id.length;
    for (size_t row = 0; row < id.length; row++)
        if ((carriers.at[row] < most || due.at[row] == PORTVOLT_NONE) && (best == id.length || way.at[row] < way.at[best]))
            best = row;
    if (best < id.length) take(id.at[best]);
    return (answer){0};
}
