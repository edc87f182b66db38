/* Portvolt's policy interface for C, by hand: plugins/wit/policy.wit says what each column means.
   No C library is needed. Lists of the host lie on a heap that `portvolt_decide` empties first. */
#ifndef PORTVOLT_H
#define PORTVOLT_H
#include <stddef.h>
#include <stdint.h>

#define PORTVOLT_NONE UINT32_MAX /* nothing: no home, no node above, nothing that calls a vehicle away */

typedef struct { const char *at; size_t length; } text;
typedef struct { uint8_t *at; size_t length; } u8_list;
typedef struct { uint32_t *at; size_t length; } u32_list;
typedef struct { double *at; size_t length; } f64_list;
#define TEXT(literal) { literal, sizeof(literal) - 1 }

/* What a policy says of itself. */
typedef struct { text name; uint32_t kind; text unit; double initial, least, most; text help; } parameter;
typedef struct { text name, version, help; const parameter *parameters; size_t parameter_count; } description;

/* An answer: nothing, or why not. */
typedef struct { uint32_t is_error; text message; } answer;

#define PORTVOLT_IMPORT(interface, name) \
    __attribute__((import_module("portvolt:policy/" interface "@0.1.1"), import_name(name)))
#define PORTVOLT_COLUMN(type, c_name, interface, name) \
    PORTVOLT_IMPORT(interface, name) void portvolt_##c_name(type *out); \
    static inline type c_name(void) { type out; portvolt_##c_name(&out); return out; }

/* Level: 0 debug, 1 info, 2 warning, 3 error. */
PORTVOLT_IMPORT("log", "write") void portvolt_log(uint32_t level, const char *at, size_t length);

/* `count` random numbers, even in [0, 1): the same for the same key and index in each run of a seed. */
PORTVOLT_IMPORT("random", "uniform") void portvolt_uniform(uint64_t key, uint32_t index, uint32_t count, f64_list *out);
static inline f64_list uniform(uint64_t key, uint32_t index, uint32_t count) {
    f64_list out;
    portvolt_uniform(key, index, count, &out);
    return out;
}

#ifdef PORTVOLT_DISPATCH
PORTVOLT_IMPORT("dispatch-view", "time-s") uint32_t time_s(void);
PORTVOLT_IMPORT("dispatch-view", "hour") uint32_t hour(void);
PORTVOLT_COLUMN(u32_list, truck_id, "dispatch-view", "truck-id")
PORTVOLT_COLUMN(u32_list, truck_fleet, "dispatch-view", "truck-fleet")
PORTVOLT_COLUMN(u32_list, truck_site, "dispatch-view", "truck-site")
PORTVOLT_COLUMN(u8_list, truck_on_duty, "dispatch-view", "truck-on-duty")
PORTVOLT_COLUMN(u32_list, truck_home, "dispatch-view", "truck-home")
PORTVOLT_COLUMN(f64_list, truck_soc, "dispatch-view", "truck-soc")
PORTVOLT_COLUMN(f64_list, truck_energy_kwh, "dispatch-view", "truck-energy-kwh")
PORTVOLT_COLUMN(f64_list, truck_usable_kwh, "dispatch-view", "truck-usable-kwh")
PORTVOLT_COLUMN(f64_list, truck_bobtail_kwh_per_km, "dispatch-view", "truck-bobtail-kwh-per-km")
PORTVOLT_COLUMN(f64_list, truck_empty_kwh_per_km, "dispatch-view", "truck-empty-kwh-per-km")
PORTVOLT_COLUMN(f64_list, truck_loaded_kwh_per_km, "dispatch-view", "truck-loaded-kwh-per-km")
PORTVOLT_COLUMN(u32_list, truck_shift_end_s, "dispatch-view", "truck-shift-end-s")
PORTVOLT_COLUMN(u32_list, truck_driving_left_s, "dispatch-view", "truck-driving-left-s")
PORTVOLT_COLUMN(u32_list, haul_id, "dispatch-view", "haul-id")
PORTVOLT_COLUMN(u32_list, haul_origin, "dispatch-view", "haul-origin")
PORTVOLT_COLUMN(u32_list, haul_destination, "dispatch-view", "haul-destination")
PORTVOLT_COLUMN(u32_list, haul_ready_s, "dispatch-view", "haul-ready-s")
PORTVOLT_COLUMN(u32_list, haul_due_s, "dispatch-view", "haul-due-s")
PORTVOLT_COLUMN(u8_list, haul_loaded, "dispatch-view", "haul-loaded")
PORTVOLT_COLUMN(u32_list, haul_fleet, "dispatch-view", "haul-fleet")
PORTVOLT_COLUMN(u32_list, site_ports, "dispatch-view", "site-ports")
PORTVOLT_COLUMN(u32_list, site_ports_taken, "dispatch-view", "site-ports-taken")
PORTVOLT_COLUMN(u32_list, site_queue, "dispatch-view", "site-queue")
PORTVOLT_COLUMN(u32_list, site_stay_s, "dispatch-view", "site-stay-s")
PORTVOLT_COLUMN(f64_list, pair_km, "dispatch-view", "pair-km")
PORTVOLT_COLUMN(f64_list, pair_energy_km, "dispatch-view", "pair-energy-km")
PORTVOLT_IMPORT("dispatch-view", "pair-drive-s") void portvolt_pair_drive_s(uint32_t hour, u32_list *out);
PORTVOLT_IMPORT("dispatch-view", "longest-drive-s") uint32_t longest_drive_s(void);
PORTVOLT_COLUMN(u32_list, fleet_charging_fleet, "dispatch-view", "fleet-charging-fleet")
PORTVOLT_COLUMN(u32_list, fleet_charging_site, "dispatch-view", "fleet-charging-site")
PORTVOLT_COLUMN(u32_list, fleet_fueling_fleet, "dispatch-view", "fleet-fueling-fleet")
PORTVOLT_COLUMN(u32_list, fleet_fueling_site, "dispatch-view", "fleet-fueling-site")
PORTVOLT_COLUMN(u8_list, truck_carrier, "dispatch-view", "truck-carrier")
PORTVOLT_COLUMN(u32_list, site_h2_positions, "dispatch-view", "site-h2-positions")
PORTVOLT_COLUMN(u32_list, site_h2_taken, "dispatch-view", "site-h2-taken")
PORTVOLT_COLUMN(u32_list, site_h2_queue, "dispatch-view", "site-h2-queue")
PORTVOLT_COLUMN(f64_list, site_h2_free_kg, "dispatch-view", "site-h2-free-kg")
PORTVOLT_IMPORT("dispatch-orders", "assign")
void assign(const uint32_t *truck_ids, size_t trucks, const uint32_t *haul_ids, size_t hauls);
PORTVOLT_IMPORT("dispatch-orders", "charge")
void charge(const uint32_t *truck_ids, size_t trucks, const uint32_t *sites, size_t site_count, const double *to_soc,
            size_t socs);
#endif

#ifdef PORTVOLT_CHARGING
PORTVOLT_IMPORT("charging-view", "time-s") uint32_t time_s(void);
PORTVOLT_IMPORT("charging-view", "interval-s") uint32_t interval_s(void);
PORTVOLT_COLUMN(u32_list, session_port, "charging-view", "session-port")
PORTVOLT_COLUMN(u32_list, session_site, "charging-view", "session-site")
PORTVOLT_COLUMN(u32_list, session_node, "charging-view", "session-node")
PORTVOLT_COLUMN(f64_list, session_ask_kw, "charging-view", "session-ask-kw")
PORTVOLT_COLUMN(u32_list, session_vehicle, "charging-view", "session-vehicle")
PORTVOLT_COLUMN(f64_list, session_max_kw, "charging-view", "session-max-kw")
PORTVOLT_COLUMN(f64_list, session_give_kw, "charging-view", "session-give-kw")
PORTVOLT_COLUMN(f64_list, session_soc, "charging-view", "session-soc")
PORTVOLT_COLUMN(f64_list, session_needs_kwh, "charging-view", "session-needs-kwh")
PORTVOLT_COLUMN(f64_list, session_duty_kwh, "charging-view", "session-duty-kwh")
PORTVOLT_COLUMN(u32_list, session_arrive_s, "charging-view", "session-arrive-s")
PORTVOLT_COLUMN(u32_list, session_depart_s, "charging-view", "session-depart-s")
PORTVOLT_IMPORT("charging-view", "prices-known") uint32_t prices_known(void);
PORTVOLT_COLUMN(f64_list, site_load_kw, "charging-view", "site-load-kw")
PORTVOLT_COLUMN(f64_list, site_solar_kw, "charging-view", "site-solar-kw")
PORTVOLT_COLUMN(f64_list, site_price_usd_per_kwh, "charging-view", "site-price-usd-per-kwh")
PORTVOLT_COLUMN(u32_list, node_parent, "charging-view", "node-parent")
PORTVOLT_COLUMN(f64_list, node_limit_kw, "charging-view", "node-limit-kw")
PORTVOLT_COLUMN(f64_list, node_headroom_kw, "charging-view", "node-headroom-kw")
PORTVOLT_IMPORT("charging-view", "hour") uint32_t hour(void);
PORTVOLT_IMPORT("charging-view", "weekday") uint32_t weekday(void);
PORTVOLT_IMPORT("charging-view", "month") uint32_t month(void);
PORTVOLT_COLUMN(f64_list, session_power_kw, "charging-view", "session-power-kw")
PORTVOLT_COLUMN(f64_list, session_taken_kwh, "charging-view", "session-taken-kwh")
PORTVOLT_COLUMN(u32_list, site_queue, "charging-view", "site-queue")
PORTVOLT_COLUMN(u8_list, site_holiday, "charging-view", "site-holiday")
PORTVOLT_COLUMN(f64_list, site_demand_usd_per_kw, "charging-view", "site-demand-usd-per-kw")
PORTVOLT_COLUMN(f64_list, site_peak_kw, "charging-view", "site-peak-kw")
PORTVOLT_IMPORT("charging-orders", "set-points") void set_points(const double *power_kw, size_t sessions);
PORTVOLT_IMPORT("charging-orders", "ask-at-events") void ask_at_events(void);
#endif

#ifdef PORTVOLT_ADOPTION
PORTVOLT_IMPORT("adoption-view", "year") uint32_t year(void);
PORTVOLT_IMPORT("adoption-view", "cost-uncertainty-permille") uint32_t cost_uncertainty_permille(void);
PORTVOLT_COLUMN(u32_list, holding_due, "adoption-view", "holding-due")
PORTVOLT_COLUMN(u32_list, holding_vehicles, "adoption-view", "holding-vehicles")
PORTVOLT_COLUMN(f64_list, holding_vehicles_each, "adoption-view", "holding-vehicles-each")
PORTVOLT_COLUMN(u32_list, holding_old, "adoption-view", "holding-old")
PORTVOLT_COLUMN(u32_list, option_holding, "adoption-view", "option-holding")
PORTVOLT_COLUMN(u32_list, option_model, "adoption-view", "option-model")
PORTVOLT_COLUMN(u8_list, option_zero_emission, "adoption-view", "option-zero-emission")
PORTVOLT_COLUMN(u8_list, option_open, "adoption-view", "option-open")
PORTVOLT_COLUMN(f64_list, option_usd_per_year, "adoption-view", "option-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_coverage, "adoption-view", "option-coverage")
PORTVOLT_COLUMN(f64_list, option_co2e_kg_per_year, "adoption-view", "option-co2e-kg-per-year")
PORTVOLT_COLUMN(u32_list, option_stock, "adoption-view", "option-stock")
PORTVOLT_COLUMN(u32_list, option_ramp_left, "adoption-view", "option-ramp-left")
PORTVOLT_COLUMN(u32_list, option_ramp_kind, "adoption-view", "option-ramp-kind")
PORTVOLT_IMPORT("adoption-view", "cost-uncertainty") double cost_uncertainty(void);
PORTVOLT_COLUMN(u32_list, holding_class, "adoption-view", "holding-class")
PORTVOLT_COLUMN(u8_list, option_powertrain, "adoption-view", "option-powertrain")
PORTVOLT_COLUMN(f64_list, option_price_usd, "adoption-view", "option-price-usd")
PORTVOLT_COLUMN(f64_list, option_incentive_usd, "adoption-view", "option-incentive-usd")
PORTVOLT_COLUMN(f64_list, option_capital_usd_per_year, "adoption-view", "option-capital-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_tax_usd_per_year, "adoption-view", "option-tax-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_energy_usd_per_year, "adoption-view", "option-energy-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_maintenance_usd_per_year, "adoption-view", "option-maintenance-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_insurance_usd_per_year, "adoption-view", "option-insurance-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_waiting_usd_per_year, "adoption-view", "option-waiting-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_build_out_usd_per_year, "adoption-view", "option-build-out-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_connection_usd_per_year, "adoption-view", "option-connection-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_unmet_hauls_usd_per_year, "adoption-view", "option-unmet-hauls-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_fees_usd_per_year, "adoption-view", "option-fees-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_carbon_usd_per_year, "adoption-view", "option-carbon-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_credits_usd_per_year, "adoption-view", "option-credits-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_payload_usd_per_year, "adoption-view", "option-payload-usd-per-year")
PORTVOLT_IMPORT("adoption-orders", "buy") void buy(const uint32_t *count, size_t options);
PORTVOLT_IMPORT("adoption-orders", "replace-early") void replace_early(const uint32_t *count, size_t holdings);
#endif

#ifdef PORTVOLT_HYDROGEN_SUPPLY
#define PORTVOLT_LOAD_STEPS 10 /* values a station of columns by load step */
PORTVOLT_IMPORT("hydrogen-supply-view", "time-s") uint32_t time_s(void);
PORTVOLT_IMPORT("hydrogen-supply-view", "hour-of-week") uint32_t hour_of_week(void);
PORTVOLT_IMPORT("hydrogen-supply-view", "hours-known") uint32_t hours_known(void);
PORTVOLT_COLUMN(f64_list, station_stock_kg, "hydrogen-supply-view", "station-stock-kg")
PORTVOLT_COLUMN(f64_list, station_capacity_kg, "hydrogen-supply-view", "station-capacity-kg")
PORTVOLT_COLUMN(f64_list, station_on_order_kg, "hydrogen-supply-view", "station-on-order-kg")
PORTVOLT_COLUMN(u32_list, station_trailers_on_order, "hydrogen-supply-view", "station-trailers-on-order")
PORTVOLT_COLUMN(u32_list, station_most_trailers, "hydrogen-supply-view", "station-most-trailers")
PORTVOLT_COLUMN(f64_list, station_payload_kg, "hydrogen-supply-view", "station-payload-kg")
PORTVOLT_COLUMN(f64_list, station_reorder_kg, "hydrogen-supply-view", "station-reorder-kg")
PORTVOLT_COLUMN(f64_list, station_piped_kg_per_h, "hydrogen-supply-view", "station-piped-kg-per-h")
PORTVOLT_COLUMN(f64_list, station_load, "hydrogen-supply-view", "station-load")
PORTVOLT_COLUMN(f64_list, station_least_load, "hydrogen-supply-view", "station-least-load")
PORTVOLT_COLUMN(f64_list, station_ramp_per_h, "hydrogen-supply-view", "station-ramp-per-h")
PORTVOLT_COLUMN(f64_list, station_most_kw, "hydrogen-supply-view", "station-most-kw")
PORTVOLT_COLUMN(f64_list, station_solar_usd_per_kwh, "hydrogen-supply-view", "station-solar-usd-per-kwh")
PORTVOLT_COLUMN(f64_list, station_kg_per_h, "hydrogen-supply-view", "station-kg-per-h")
PORTVOLT_COLUMN(f64_list, station_power_kw, "hydrogen-supply-view", "station-power-kw")
PORTVOLT_COLUMN(f64_list, station_price_usd_per_kwh, "hydrogen-supply-view", "station-price-usd-per-kwh")
PORTVOLT_COLUMN(f64_list, station_demand_kg, "hydrogen-supply-view", "station-demand-kg")
PORTVOLT_COLUMN(f64_list, station_solar_kw, "hydrogen-supply-view", "station-solar-kw")
PORTVOLT_IMPORT("hydrogen-supply-orders", "run-at") void run_at(const double *load, size_t stations);
PORTVOLT_IMPORT("hydrogen-supply-orders", "order-trailers") void order_trailers(const uint32_t *count, size_t stations);
#endif

#ifdef PORTVOLT_YARD_DISPATCH
PORTVOLT_IMPORT("yard-dispatch-view", "time-s") uint32_t time_s(void);
PORTVOLT_IMPORT("yard-dispatch-view", "yard") uint32_t yard(void);
PORTVOLT_IMPORT("yard-dispatch-view", "asked-unit") uint32_t asked_unit(void);
PORTVOLT_IMPORT("yard-dispatch-view", "asked-why") uint32_t asked_why(void);
PORTVOLT_IMPORT("yard-dispatch-view", "resumes-s") uint32_t resumes_s(void);
PORTVOLT_IMPORT("yard-dispatch-view", "wait-s") uint32_t wait_s(void);
PORTVOLT_IMPORT("yard-dispatch-view", "hours-end-s") uint32_t hours_end_s(void);
PORTVOLT_IMPORT("yard-dispatch-view", "carriers-per-crane") uint32_t carriers_per_crane(void);
PORTVOLT_IMPORT("yard-dispatch-view", "parking") uint32_t parking(void);
PORTVOLT_COLUMN(u8_list, unit_handler, "yard-dispatch-view", "unit-handler")
PORTVOLT_COLUMN(u32_list, unit_class, "yard-dispatch-view", "unit-class")
PORTVOLT_COLUMN(u32_list, unit_group, "yard-dispatch-view", "unit-group")
PORTVOLT_COLUMN(u32_list, unit_place, "yard-dispatch-view", "unit-place")
PORTVOLT_COLUMN(u8_list, unit_doing, "yard-dispatch-view", "unit-doing")
PORTVOLT_COLUMN(f64_list, unit_soc, "yard-dispatch-view", "unit-soc")
PORTVOLT_COLUMN(f64_list, unit_leave_at_soc, "yard-dispatch-view", "unit-leave-at-soc")
PORTVOLT_COLUMN(f64_list, unit_return_at_soc, "yard-dispatch-view", "unit-return-at-soc")
PORTVOLT_COLUMN(f64_list, unit_break_below_soc, "yard-dispatch-view", "unit-break-below-soc")
PORTVOLT_COLUMN(u32_list, unit_crane, "yard-dispatch-view", "unit-crane")
PORTVOLT_COLUMN(u32_list, move_id, "yard-dispatch-view", "move-id")
PORTVOLT_COLUMN(u8_list, move_kind, "yard-dispatch-view", "move-kind")
PORTVOLT_COLUMN(u32_list, move_from, "yard-dispatch-view", "move-from")
PORTVOLT_COLUMN(u32_list, move_to, "yard-dispatch-view", "move-to")
PORTVOLT_COLUMN(u32_list, move_due_s, "yard-dispatch-view", "move-due-s")
PORTVOLT_COLUMN(f64_list, move_empty_m, "yard-dispatch-view", "move-empty-m")
PORTVOLT_COLUMN(f64_list, move_loaded_m, "yard-dispatch-view", "move-loaded-m")
PORTVOLT_COLUMN(u32_list, move_carriers, "yard-dispatch-view", "move-carriers")
PORTVOLT_COLUMN(u32_list, move_members, "yard-dispatch-view", "move-members")
PORTVOLT_COLUMN(u32_list, move_group, "yard-dispatch-view", "move-group")
PORTVOLT_COLUMN(u8_list, lot_open, "yard-dispatch-view", "lot-open")
PORTVOLT_COLUMN(u32_list, lot_place, "yard-dispatch-view", "lot-place")
PORTVOLT_COLUMN(f64_list, lot_m, "yard-dispatch-view", "lot-m")
PORTVOLT_COLUMN(u32_list, lot_plugs, "yard-dispatch-view", "lot-plugs")
PORTVOLT_COLUMN(u32_list, lot_free, "yard-dispatch-view", "lot-free")
PORTVOLT_COLUMN(u32_list, lot_waiting, "yard-dispatch-view", "lot-waiting")
PORTVOLT_COLUMN(f64_list, lot_visit_s, "yard-dispatch-view", "lot-visit-s")
PORTVOLT_COLUMN(f64_list, pair_m, "yard-dispatch-view", "pair-m")
PORTVOLT_IMPORT("yard-dispatch-orders", "take") void take(uint32_t id);
PORTVOLT_IMPORT("yard-dispatch-orders", "charge") void charge(uint32_t lot, double to_soc, uint32_t until_s);
PORTVOLT_IMPORT("yard-dispatch-orders", "go-to") void go_to(uint32_t place);
#endif

#ifdef PORTVOLT_BUILD_OUT
PORTVOLT_IMPORT("build-out-view", "year") uint32_t year(void);
PORTVOLT_COLUMN(u32_list, group_site, "build-out-view", "group-site")
PORTVOLT_COLUMN(u32_list, group_cabinets, "build-out-view", "group-cabinets")
PORTVOLT_COLUMN(u32_list, group_in_service, "build-out-view", "group-in-service")
PORTVOLT_COLUMN(f64_list, group_cabinet_kw, "build-out-view", "group-cabinet-kw")
PORTVOLT_COLUMN(f64_list, group_vehicle_kw, "build-out-view", "group-vehicle-kw")
PORTVOLT_COLUMN(f64_list, group_wait_p95_min, "build-out-view", "group-wait-p95-min")
PORTVOLT_COLUMN(f64_list, site_limit_kw, "build-out-view", "site-limit-kw")
PORTVOLT_COLUMN(f64_list, site_peak_kw, "build-out-view", "site-peak-kw")
PORTVOLT_COLUMN(f64_list, site_load_kw, "build-out-view", "site-load-kw")
PORTVOLT_COLUMN(u32_list, site_behind, "build-out-view", "site-behind")
PORTVOLT_IMPORT("build-out-orders", "add-cabinets") void add_cabinets(const uint32_t *count, size_t groups);
PORTVOLT_IMPORT("build-out-orders", "add-grid") void add_grid(const double *power_kw, size_t sites);
PORTVOLT_IMPORT("build-out-orders", "build-as-planned") void build_as_planned(uint32_t yes);
#endif

#ifdef PORTVOLT_INDUSTRY
PORTVOLT_IMPORT("industry-view", "year") uint32_t year(void);
PORTVOLT_IMPORT("industry-view", "asked-project") uint32_t asked_project(void);
PORTVOLT_COLUMN(u32_list, plant_id, "industry-view", "plant-id")
PORTVOLT_COLUMN(u8_list, plant_sector, "industry-view", "plant-sector")
PORTVOLT_COLUMN(f64_list, plant_output, "industry-view", "plant-output")
PORTVOLT_COLUMN(f64_list, plant_direct_t, "industry-view", "plant-direct-t")
PORTVOLT_COLUMN(f64_list, plant_co2e_t, "industry-view", "plant-co2e-t")
PORTVOLT_COLUMN(f64_list, plant_earned_usd, "industry-view", "plant-earned-usd")
PORTVOLT_COLUMN(u32_list, option_plant, "industry-view", "option-plant")
PORTVOLT_COLUMN(u32_list, option_lever, "industry-view", "option-lever")
PORTVOLT_COLUMN(u32_list, option_starts, "industry-view", "option-starts")
PORTVOLT_COLUMN(f64_list, option_capex_usd, "industry-view", "option-capex-usd")
PORTVOLT_COLUMN(f64_list, option_usd_per_year, "industry-view", "option-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_net_usd_per_year, "industry-view", "option-net-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_resource_usd_per_year, "industry-view", "option-resource-usd-per-year")
PORTVOLT_COLUMN(f64_list, option_abated_t, "industry-view", "option-abated-t")
PORTVOLT_COLUMN(f64_list, option_captured_t, "industry-view", "option-captured-t")
PORTVOLT_COLUMN(f64_list, option_electricity_mwh, "industry-view", "option-electricity-mwh")
PORTVOLT_COLUMN(f64_list, option_hydrogen_t, "industry-view", "option-hydrogen-t")
PORTVOLT_COLUMN(u8_list, option_asked, "industry-view", "option-asked")
PORTVOLT_IMPORT("industry-orders", "take") void take(uint32_t option);
PORTVOLT_IMPORT("industry-orders", "close") void close(uint32_t plant);
PORTVOLT_IMPORT("industry-orders", "cancel") void cancel(void);
#endif

/* The policy writes these three; with `#define PORTVOLT_FINISH` before this file is included, `finish` too. */
extern const description portvolt_about;
static answer start(const double *parameters, size_t count, uint64_t seed);
static answer decide(void);
#ifdef PORTVOLT_FINISH
static answer finish(void);
#endif

/* A compiler makes these of loops that clear or copy an array, and there is no C library to have them. */
#if defined(__clang__)
#define PORTVOLT_PLAIN(name) __attribute__((no_builtin(name)))
#else
#define PORTVOLT_PLAIN(name)
#endif
PORTVOLT_PLAIN("memset") void *memset(void *at, int value, size_t length) {
    for (size_t i = 0; i < length; i++) ((unsigned char *)at)[i] = (unsigned char)value;
    return at;
}
PORTVOLT_PLAIN("memcpy") void *memcpy(void *to, const void *from, size_t length) {
    for (size_t i = 0; i < length; i++) ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    return to;
}
PORTVOLT_PLAIN("memmove") void *memmove(void *to, const void *from, size_t length) {
    unsigned char *into = to;
    const unsigned char *of = from;
    if (into < of) for (size_t i = 0; i < length; i++) into[i] = of[i];
    else for (size_t i = length; i-- > 0;) into[i] = of[i];
    return to;
}

/* What the host calls, and the heap. */
extern unsigned char __heap_base;
static size_t heap_next;

static void *allocate(size_t size, size_t align) {
    if (!heap_next) heap_next = (size_t)&__heap_base;
    heap_next = (heap_next + align - 1) & ~(align - 1);
    size_t at = heap_next, end = at + size, have = __builtin_wasm_memory_size(0) << 16;
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) >> 16) == (size_t)-1) __builtin_trap();
    heap_next = end;
    return (void *)at;
}

__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t had, size_t align, size_t size) {
    unsigned char *now = allocate(size, align), *before = old;
    for (size_t i = 0; i < had && i < size; i++) now[i] = before[i];
    return now;
}

static answer portvolt_answer;
#define PORTVOLT_EXPORT(name) __attribute__((export_name("portvolt:policy/policy@0.1.1#" name)))
PORTVOLT_EXPORT("describe") const description *portvolt_describe(void) { return &portvolt_about; }
PORTVOLT_EXPORT("start") answer *portvolt_start(const double *parameters, size_t count, uint64_t seed) {
    portvolt_answer = start(parameters, count, seed);
    return &portvolt_answer;
}
PORTVOLT_EXPORT("decide") answer *portvolt_decide(void) {
    heap_next = 0;
    portvolt_answer = decide();
    return &portvolt_answer;
}
PORTVOLT_EXPORT("finish") answer *portvolt_finish(void) {
#ifdef PORTVOLT_FINISH
    portvolt_answer = finish();
#else
    portvolt_answer = (answer){0};
#endif
    return &portvolt_answer;
}
#endif
