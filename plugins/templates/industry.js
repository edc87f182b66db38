// The lever that saves its owner most for a tonne, until none saves anything; announced projects go on when they pay.
import * as view from "portvolt:policy/industry-view@0.1.1";
import { cancel, take } from "portvolt:policy/industry-orders@0.1.1";

let mostUsdPerT = 0;

export const policy = {
  describe() {
    const help = "What owners pay for a tonne beyond what pays.";
    const parameters = [{ name: "most_usd_per_t", kind: 0, unit: "", default: 0, least: 0, most: 10000, help }];
    return { name: "PLUGIN_NAME", version: "0.1.0", help: "Takes the levers that cost their owners least for a tonne.", parameters };
  },

  start(parameters, seed) {
    mostUsdPerT = parameters[0];
  },

  decide() {
    const abated = view.optionAbatedT();
    const usdPerT = Array.from(view.optionNetUsdPerYear(), (usd, row) => (abated[row] > 0 ? usd / abated[row] : Infinity));
    let best = -1;
    usdPerT.forEach((usd, row) => {
      if (usd <= mostUsdPerT && (best < 0 || usd < usdPerT[best])) best = row; // NaN is worth nothing
    });
    if (best >= 0) take(best);
    else if (view.askedProject() === 1) cancel();
  },

  finish() {},
};
