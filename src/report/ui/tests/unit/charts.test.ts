// Contract: a legend shows every series, and the chart leaves room for as many rows as they take; the colours of a chart's
// series differ, on a light page and on a dark one.

import { describe, expect, it } from "vitest";
import { colors } from "../../src/charts/canvas";
import { roundMarks, wrapped } from "../../src/charts/intervals";
import { legendRoom, legendRows } from "../../src/charts/legend";
import { numberName } from "../../src/lib/labels";
import { headline } from "../../src/pages/influence";

const SIZES = { mark: 40, letter: 7 };
const NAMES = ["vehicles, less resale and incentives", "works, less incentives", "electricity", "maintenance and insurance"];

describe("rows of a legend", () => {
  it("are as many as the names need", () => {
    expect(legendRows(["load", "limit"], 500, SIZES)).toBe(1);
    expect(legendRows(NAMES, 500, SIZES)).toBe(2);
    expect(legendRows(NAMES, 200, SIZES)).toBe(4);
    expect(legendRows([], 200, SIZES)).toBe(1);
  });

  it("make the chart higher and begin its grid below them", () => {
    const node = document.createElement("div");
    const [one, many] = [legendRoom(node, ["load"], 600), legendRoom(node, NAMES, 250)];
    expect(many.top).toBeGreaterThan(one.top + 48);
    expect(Number.parseFloat(node.style.getPropertyValue("--legend"))).toBe(many.top - one.top);
    expect(many.legend.type).toBe("plain");
  });
});

/** A colour in CIE Lab, in which equal distances look about equal. */
function lab(color: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const bent = (part: number) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116);
  const [x, y, z] = [bent((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047), bent(0.2126 * r + 0.7152 * g + 0.0722 * b), bent((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const LISTS = {
  "nine series": ["a", "b", "c", "d", "e", "f", "g", "h", "i"],
  loads: ["base load", "shore power", "equipment on the grid", "hydrogen", "charging", "limit"],
  "a site": ["peak in the time step", "mean", "limit", "with the sites behind it, mean"],
  powertrains: ["diesel", "battery electric", "fuel cell", "grid connected"],
  "cost of a year": ["vehicles and taxes, less resale and incentives", "build-out, less incentives", "diesel", "electricity", "hydrogen", "fuel of vessels, energy of plants", "charging sold to others", "maintenance and insurance", "drivers who wait", "hauls lapsed or late", "fees, carbon price, fuel credits", "value left at the end"],
};

describe("colours", () => {
  const theme = { ink: "", soft: "", line: "", paper: "" };
  it.each(Object.entries(LISTS))("of %s differ, on a dark page too", (_, names) => {
    for (const isDark of [false, true]) {
      const spots = colors(names, { ...theme, isDark }).map(lab);
      const pairs = spots.flatMap((one, at) => spots.slice(at + 1).map((two, after) => ({ of: [names[at], names[at + 1 + after]], far: Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]) })));
      for (const { of, far } of pairs) expect(far, `${of.join(" and ")}, dark: ${String(isDark)}`).toBeGreaterThan(20);
    }
  });
});

describe("pictures of intervals", () => {
  it("have marks at round numbers", () => {
    expect(roundMarks([-3.7, 50.5])).toEqual([0, 20, 40]);
    expect(roundMarks([-8.9, 1])).toEqual([-5, 0]);
    expect(roundMarks([-0.02, 0.031])).toEqual([-0.02, 0, 0.02]);
  });

  it("cut no name", () => {
    const name = "Energy or fuel per km without a trailer, ecascadia 438";
    expect(wrapped(name, 30).join(" ")).toBe(name);
    expect(wrapped(name, 30).every((line) => line.length <= 30)).toBe(true);
  });
});

describe("numbers that decide", () => {
  it("have plain names", () => {
    expect(numberName("travel.circuity")).toBe("Road distance over straight distance");
    expect(numberName("truck_model.ecascadia_438.bobtail_per_km")).toBe("Energy or fuel per km without a trailer, ecascadia 438");
    expect(numberName("site.depot.limit_kw")).toBe("Service capacity of depot");
  });

  it("are told in a sentence", () => {
    // The last one explains too little to count.
    const shares = Object.entries({ "travel.traffic": 0.5, "travel.freeway_kmh": 0.3, "travel.circuity": 0.1, "travel.energy_cv": 0.05, "time.days": 0.001 });
    const numbers = shares.map(([path, value]) => ({ path, total: { value, low: 0, high: 1 } })) as Parameters<typeof headline>[0]["numbers"];
    expect(headline({ doubtful: 51, metric: "bill_total_usd", numbers, strategies: ["bau"] })).toBe("4 of 51 doubtful numbers decide electricity bills: Slowdown by traffic, by hour; Speed on freeways (km/h); Road distance over straight distance, and 1 more.");
    expect(headline({ doubtful: 9, metric: "peak_kw", numbers: [], strategies: ["a", "b"] })).toBe("None of 9 doubtful numbers decides the difference in peak of all sites together.");
  });
});
