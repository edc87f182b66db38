/* Each holding buys its cheapest open option, or one without a tailpipe where that costs at most `premium` more.
   A start to change. */
#define PORTVOLT_ADOPTION
#include "portvolt.h"

static const parameter parameters[] = {{.name = TEXT("premium"), .initial = 0.1, .least = 0.0, .most = 10.0,
                                        .help = TEXT("How much more, as a share of the cheapest.")}};
const description portvolt_about = {.name = TEXT("PLUGIN_NAME"), .version = TEXT("0.1.0"),
                                    .help = TEXT("Buys the cheapest, or what has no tailpipe where it costs little more."),
                                    .parameters = parameters, .parameter_count = 1};
static double premium;

static answer start(const double *values, size_t count, uint64_t seed) {
    (void)count, (void)seed;
    premium = values[0];
    return (answer){0};
}

static answer decide(void) {
    u32_list due = holding_due(), holding = option_holding();
    u8_list is_open = option_open(), is_clean = option_zero_emission();
    f64_list usd = option_usd_per_year();
    uint32_t *count = allocate(usd.length * 4, 4);
    for (size_t row = 0, none = usd.length; row < usd.length;) {
        uint32_t buyer = holding.at[row];
        size_t best = none, clean = none; /* of equal ones the first */
        for (; row < usd.length && holding.at[row] == buyer; row++) {
            count[row] = 0;
            if (!is_open.at[row] || !__builtin_isfinite(usd.at[row])) continue;
            if (best == none || usd.at[row] < usd.at[best]) best = row;
            if (is_clean.at[row] && (clean == none || usd.at[row] < usd.at[clean])) clean = row;
        }
        if (clean != none && usd.at[clean] <= usd.at[best] * (1.0 + premium)) best = clean;
        if (best != none) count[best] = due.at[buyer];
    }
    buy(count, usd.length);
    return (answer){0};
}
