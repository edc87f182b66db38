// A free carrier takes the nearest open move; a unit that is low charges where way and queue are shortest.
import * as view from "portvolt:policy/yard-dispatch-view@0.1.1";
import { take, charge } from "portvolt:policy/yard-dispatch-orders@0.1.1";

const NONE = 4294967295;
const FREE = 0, BETWEEN = 1;
// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
let reserveSoc = 0.25;

export const policy = {
  describe() {
    const help = "State of charge at which a unit goes to charge.";
    const parameters = [{ name: "reserve_soc", kind: 0, unit: "", default: 0.25, least: 0.05, most: 0.9, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "The nearest move; a unit that is low charges where way and queue are shortest.", parameters };
  },

  start(parameters, seed) {
    reserveSoc = parameters[0];
  },

  decide() {
    const why = view.askedWhy();
    if (why !== FREE && why !== BETWEEN) return;
    if (view.unitSoc()[view.askedUnit()] <= reserveSoc) {
      const [open, ways, visit] = [view.lotOpen(), view.lotM(), view.lotVisitS()];
      const [waiting, plugs] = [view.lotWaiting(), view.lotPlugs()];
      const wait = (lot) => ways[lot] / 5 + (visit[lot] * waiting[lot]) / Math.max(plugs[lot], 1);
      let best = -1;
      for (let lot = 0; lot < open.length; lot++) if (open[lot] === 1 && (best < 0 || wait(lot) < wait(best))) best = lot;
      if (best >= 0) return charge(best, 0.8, NONE);
    }
    if (why !== FREE) return;
    const [id, ways, carriers, due] = [view.moveId(), view.moveEmptyM(), view.moveCarriers(), unsigned(view.moveDueS())];
    const most = view.carriersPerCrane();
    let best = -1;
    for (let row = 0; row < id.length; row++)
      if ((carriers[row] < most || due[row] === NONE) && (best < 0 || ways[row] < ways[best])) best = row;
    if (best >= 0) take(id[best]);
  },

  finish() {},
};
