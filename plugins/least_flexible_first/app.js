// Least flexible first, in JavaScript: power goes first to the session with the least time to spare before it leaves
// (least laxity), as long as every limit above it has some left.
import * as view from "portvolt:policy/charging-view@0.1.1";
import { setPoints } from "portvolt:policy/charging-orders@0.1.1";

const NONE = 4294967295;
// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);

export const policy = {
  describe() {
    return {
      name: "least_flexible_in_javascript",
      version: "0.1.0",
      help: "Power goes first to the session with the least time to spare.",
      parameters: [],
    };
  },

  start(parameters, seed) {},

  decide() {
    const now = view.timeS();
    const [ask, port, needs] = [view.sessionAskKw(), view.sessionMaxKw(), view.sessionNeedsKwh()];
    const [node, depart, parent] = [view.sessionNode(), unsigned(view.sessionDepartS()), unsigned(view.nodeParent())];
    const left = Float64Array.from(view.nodeHeadroomKw());
    const spare = Array.from(ask, (_, row) =>
      depart[row] === NONE ? Infinity : depart[row] - now - (3600 * needs[row]) / port[row],
    );
    const rows = Array.from(ask, (_, row) => row).sort((a, b) => (spare[a] < spare[b] ? -1 : spare[a] > spare[b] ? 1 : a - b));
    const power = new Float64Array(ask.length);
    for (const row of rows) {
      let given = ask[row];
      for (let at = node[row]; at !== NONE; at = parent[at]) given = Math.min(given, left[at]);
      given = Math.max(given, 0);
      for (let at = node[row]; at !== NONE; at = parent[at]) left[at] -= given;
      power[row] = given;
    }
    setPoints(power);
  },

  finish() {},
};
