// Trucks that run low charge or fuel at the nearest site where their fleet may; the others take the first haul that they
// can do.
import * as view from "portvolt:policy/dispatch-view@0.1.1";
import { assign, charge } from "portvolt:policy/dispatch-orders@0.1.1";

const NONE = 4294967295;
const HYDROGEN = 2; // of `truckCarrier`: a truck with this energy on board fuels, one with a battery charges
// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
let chargeBelowSoc = 0.4;

// The sites where a fleet may refill: rows of two columns.
function sitesOf(fleet, fleets, sites) {
  return Array.from(sites).filter((_, row) => fleets[row] === fleet);
}

export const policy = {
  describe() {
    const help = "Below it a truck charges or fuels first.";
    const parameters = [{ name: "charge_below_soc", kind: 0, unit: "", default: 0.4, least: 0, most: 1, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Refills low trucks, gives the others the first haul that they can do.", parameters };
  },

  start(parameters, seed) {
    chargeBelowSoc = parameters[0];
  },

  decide() {
    const now = view.timeS(), drive = view.pairDriveS(view.hour()), stay = view.siteStayS(), km = view.pairEnergyKm();
    const [id, fleet, site, onDuty] = [view.truckId(), view.truckFleet(), view.truckSite(), view.truckOnDuty()];
    const [carrier, soc, usable, energy] = [view.truckCarrier(), view.truckSoc(), view.truckUsableKwh(), view.truckEnergyKwh()];
    const [perKm, end, driveLeft] = [view.truckLoadedKwhPerKm(), view.truckShiftEndS(), unsigned(view.truckDrivingLeftS())];
    const [haul, from, to, ready, only] = [view.haulId(), view.haulOrigin(), view.haulDestination(), view.haulReadyS(), unsigned(view.haulFleet())];
    const [chargingFleet, chargingSite] = [view.fleetChargingFleet(), view.fleetChargingSite()];
    const [fuelingFleet, fuelingSite, freeKg] = [view.fleetFuelingFleet(), view.fleetFuelingSite(), view.siteH2FreeKg()];
    const taken = new Uint8Array(haul.length);
    let first = 0; // rows before it are taken; a truck looks at the next few
    for (let truck = 0; truck < id.length; truck++) {
      const refills = carrier[truck] !== 0;
      if (refills && soc[truck] < (onDuty[truck] ? chargeBelowSoc : 0.85)) {
        const fuels = carrier[truck] === HYDROGEN, away = (to) => km[site[truck] * stay.length + to];
        const usableSites = fuels
          ? sitesOf(fleet[truck], fuelingFleet, fuelingSite).filter((to) => freeKg[to] > 0)
          : sitesOf(fleet[truck], chargingFleet, chargingSite);
        if (usableSites.length > 0) {
          const nearest = usableSites.reduce((best, to) => (away(to) < away(best) ? to : best));
          charge(Uint32Array.of(id[truck]), Uint32Array.of(nearest), Float64Array.of(0.9));
          continue;
        }
      }
      while (taken[first]) first++;
      for (let row = first; onDuty[truck] && row < Math.min(haul.length, first + 24); row++) {
        const there = site[truck] * stay.length + from[row], pair = from[row] * stay.length + to[row];
        const atOrigin = now + drive[there];
        const fits = ready[row] <= atOrigin && drive[there] + drive[pair] <= driveLeft[truck]
          && atOrigin + stay[from[row]] + drive[pair] <= end[truck];
        const enough = !refills || energy[truck] - 0.25 * usable[truck] >= perKm[truck] * (km[there] + km[pair]);
        if (taken[row] || !fits || !enough || (only[row] !== NONE && only[row] !== fleet[truck])) continue;
        taken[row] = 1;
        assign(Uint32Array.of(id[truck]), Uint32Array.of(haul[row]));
        break;
      }
    }
  },

  finish() {},
};
