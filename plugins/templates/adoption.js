// Each holding buys its cheapest open option, or one without a tailpipe where that costs at most `premium` more.
import * as view from "portvolt:policy/adoption-view@0.1.1";
import { buy } from "portvolt:policy/adoption-orders@0.1.1";

// Numbers from 2^31 arrive negative (componentize-qjs 0.4.5); this makes them what they are.
const unsigned = (list) => Uint32Array.from(list);
let premium = 0.1;

export const policy = {
  describe() {
    const help = "How much more, as a share of the cheapest.";
    const parameters = [{ name: "premium", kind: 0, unit: "", default: 0.1, least: 0, most: 10, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Buys the cheapest, or what has no tailpipe where it costs little more.", parameters };
  },

  start(parameters, seed) {
    premium = parameters[0];
  },

  decide() {
    const [due, holding, isOpen] = [unsigned(view.holdingDue()), view.optionHolding(), view.optionOpen()];
    const [usd, isClean] = [view.optionUsdPerYear(), view.optionZeroEmission()];
    const options = Array.from(due, () => []);
    for (let row = 0; row < usd.length; row++) if (isOpen[row] && Number.isFinite(usd[row])) options[holding[row]].push(row);
    const cheaper = (best, row) => (usd[row] < usd[best] ? row : best); // of equal ones the first
    const count = new Uint32Array(usd.length);
    options.forEach((rows, at) => {
      if (!rows.length) return;
      const best = rows.reduce(cheaper), cleanRows = rows.filter((row) => isClean[row]);
      const clean = cleanRows.length ? cleanRows.reduce(cheaper) : best;
      count[usd[clean] <= usd[best] * (1 + premium) ? clean : best] = due[at];
    });
    buy(count);
  },

  finish() {},
};
