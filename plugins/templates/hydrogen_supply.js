// Electrolysers run with the sun, and at full load below a reserve; trailers are ordered at the reorder point.
import * as view from "portvolt:policy/hydrogen-supply-view@0.1.1";
import { runAt, orderTrailers } from "portvolt:policy/hydrogen-supply-orders@0.1.1";

const LOAD_STEPS = 10;
// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
let reserveLevel = 0.35;

export const policy = {
  describe() {
    const help = "Share of the storage that is kept.";
    const parameters = [{ name: "reserve_level", kind: 0, unit: "", default: 0.35, least: 0, most: 1, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Runs electrolysers with the sun, and at any hour below a reserve.", parameters };
  },

  start(parameters, seed) {
    reserveLevel = parameters[0];
  },

  decide() {
    const [stock, capacity, onOrder] = [view.stationStockKg(), view.stationCapacityKg(), view.stationOnOrderKg()];
    const [payload, reorder] = [view.stationPayloadKg(), view.stationReorderKg()];
    const [onTheWay, most] = [unsigned(view.stationTrailersOnOrder()), unsigned(view.stationMostTrailers())];
    const [power, solar, hours] = [view.stationPowerKw(), view.stationSolarKw(), view.hoursKnown()];
    const load = new Float64Array(stock.length), trailers = new Uint32Array(stock.length);
    for (let at = 0; at < stock.length; at++) {
      const full = power[(at + 1) * LOAD_STEPS - 1];
      let share = full > 0 ? solar[at * hours] / full : 0;
      if (stock[at] < reserveLevel * capacity[at]) share = 1;
      load[at] = share > 0 ? Math.min(share, 1) : 0;
      let more = 0;
      while (onTheWay[at] + more < most[at] && stock[at] + onOrder[at] + payload[at] * more <= reorder[at]) more++;
      trailers[at] = more;
    }
    runAt(load);
    orderTrailers(trailers);
  },

  finish() {},
};
