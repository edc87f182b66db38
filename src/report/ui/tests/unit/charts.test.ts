// Contract: a legend shows every series, and the chart leaves room for as many rows as they take.

import { describe, expect, it } from "vitest";
import { legendRoom, legendRows } from "../../src/charts/legend";

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
