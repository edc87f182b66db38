/* Earliest departure first, in C: all a session asks for, in the order of departures, as long as every limit above it
   has some left. The same as the built-in `edf`, bit for bit: a test of the host compares every row. */
#define PORTVOLT_CHARGING
#include "portvolt.h"

const description portvolt_about = {
    .name = TEXT("edf_in_c"), .version = TEXT("0.1.0"), .help = TEXT("Full power for who must leave first.")};

static answer start(const double *parameters, size_t count, uint64_t seed) {
    (void)parameters, (void)count, (void)seed;
    ask_at_events(); /* nothing is kept from one decision to the next */
    return (answer){0};
}

/* Rows in the order of a key; equal keys stay as they are (merge sort from the bottom up). */
static uint32_t *sorted(uint32_t *rows, u32_list key) {
    uint32_t *other = allocate(key.length * 4, 4);
    for (size_t width = 1; width < key.length; width *= 2) {
        for (size_t from = 0; from < key.length; from += 2 * width) {
            size_t middle = from + width < key.length ? from + width : key.length;
            size_t to = from + 2 * width < key.length ? from + 2 * width : key.length;
            for (size_t a = from, b = middle, out = from; out < to; out++) {
                int take_a = b >= to || (a < middle && key.at[rows[a]] <= key.at[rows[b]]);
                other[out] = take_a ? rows[a++] : rows[b++];
            }
        }
        uint32_t *swap = rows;
        rows = other;
        other = swap;
    }
    return rows;
}

static answer decide(void) {
    f64_list ask_kw = session_ask_kw(), left_kw = node_headroom_kw();
    u32_list node = session_node(), parent = node_parent(), depart_s = session_depart_s();
    double *power_kw = allocate(ask_kw.length * 8, 8);
    uint32_t *rows = allocate(ask_kw.length * 4, 4);
    for (size_t i = 0; i < ask_kw.length; i++) rows[i] = i;
    rows = sorted(sorted(rows, session_vehicle()), depart_s); /* ties go to the lowest vehicle */
    for (size_t i = 0; i < ask_kw.length; i++) {
        uint32_t row = rows[i];
        double given_kw = ask_kw.at[row];
        for (uint32_t at = node.at[row]; at != PORTVOLT_NONE; at = parent.at[at])
            if (left_kw.at[at] < given_kw) given_kw = left_kw.at[at];
        if (given_kw < 0.0) given_kw = 0.0;
        for (uint32_t at = node.at[row]; at != PORTVOLT_NONE; at = parent.at[at]) left_kw.at[at] -= given_kw;
        power_kw[row] = given_kw;
    }
    set_points(power_kw, ask_kw.length);
    return (answer){0};
}
