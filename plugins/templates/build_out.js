// Cabinets for the vehicles that come, connections that last year's peak does not fill, and whatever is planned.
import * as view from "portvolt:policy/build-out-view@0.1.1";
import { addCabinets, addGrid, buildAsPlanned } from "portvolt:policy/build-out-orders@0.1.1";

// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
const upTo = (most, wanted) => (wanted > 0 && wanted <= most ? wanted : 0); // NaN and infinity are nothing, too
let peakShare = 0.9;

export const policy = {
  describe() {
    const help = "Share of a connection that a peak may take.";
    const parameters = [{ name: "peak_share", kind: 0, unit: "", default: 0.9, least: 0.1, most: 1, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Builds ports for the vehicles that come, and connections for peaks.", parameters };
  },

  start(parameters, seed) {
    peakShare = parameters[0];
  },

  decide() {
    const [have, cabinet, vehicle] = [unsigned(view.groupCabinets()), view.groupCabinetKw(), view.groupVehicleKw()];
    const [limit, peak] = [view.siteLimitKw(), view.sitePeakKw()];
    addCabinets(Uint32Array.from(have, (cabinets, at) => upTo(10000, Math.ceil(vehicle[at] / cabinet[at]) - cabinets)));
    addGrid(Float64Array.from(limit, (kw, at) => upTo(1e6, peak[at] / peakShare - kw))); // an infinite limit needs nothing
    buildAsPlanned(1);
  },

  finish() {},
};
