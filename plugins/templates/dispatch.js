// Trucks that run low charge at the first site where their fleet may; the others take the first haul that they can do.
import * as view from "portvolt:policy/dispatch-view@0.1.0";
import { assign, charge } from "portvolt:policy/dispatch-orders@0.1.0";

const NONE = 4294967295;
// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
let chargeBelowSoc = 0.4;

export const policy = {
  describe() {
    const help = "Below it a truck charges first.";
    const parameters = [{ name: "charge_below_soc", kind: 0, unit: "", default: 0.4, least: 0, most: 1, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Charges low trucks, gives the others the first haul that they can do.", parameters };
  },

  start(parameters, seed) {
    chargeBelowSoc = parameters[0];
  },

  decide() {
    const now = view.timeS(), drive = view.pairDriveS(view.hour()), stay = view.siteStayS(), km = view.pairEnergyKm();
    const [id, fleet, site, onDuty] = [view.truckId(), view.truckFleet(), view.truckSite(), view.truckOnDuty()];
    const [soc, usable, energy] = [view.truckSoc(), view.truckUsableKwh(), view.truckEnergyKwh()];
    const [perKm, end] = [view.truckLoadedKwhPerKm(), view.truckShiftEndS()];
    const [haul, from, to, ready, only] = [view.haulId(), view.haulOrigin(), view.haulDestination(), view.haulReadyS(), unsigned(view.haulFleet())];
    const [chargingFleet, chargingSite] = [view.fleetChargingFleet(), view.fleetChargingSite()];
    const taken = new Uint8Array(haul.length);
    let first = 0; // rows before it are taken; a truck looks at the next few
    for (let truck = 0; truck < id.length; truck++) {
      const battery = usable[truck] > 0;
      if (battery && soc[truck] < (onDuty[truck] ? chargeBelowSoc : 0.95)) {
        const at = chargingFleet.indexOf(fleet[truck]);
        if (at >= 0) charge(Uint32Array.of(id[truck]), Uint32Array.of(chargingSite[at]), Float64Array.of(0.9));
        continue;
      }
      while (taken[first]) first++;
      for (let row = first; onDuty[truck] && row < Math.min(haul.length, first + 24); row++) {
        const there = site[truck] * stay.length + from[row], pair = from[row] * stay.length + to[row];
        const atOrigin = now + drive[there];
        const fits = ready[row] <= atOrigin && atOrigin + stay[from[row]] + drive[pair] <= end[truck];
        const enough = !battery || energy[truck] - 0.25 * usable[truck] >= perKm[truck] * (km[there] + km[pair]);
        if (taken[row] || !fits || !enough || (only[row] !== NONE && only[row] !== fleet[truck])) continue;
        taken[row] = 1;
        assign(Uint32Array.of(id[truck]), Uint32Array.of(haul[row]));
        break;
      }
    }
  },

  finish() {},
};
