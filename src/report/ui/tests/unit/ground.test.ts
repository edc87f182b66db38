// Contract: a charging lot that is moved or resized never leaves the fence, slides along it, and is written into the draft as one change.

import { describe, expect, it } from "vitest";
import { ALL_SIDES, boxAround, boxOf, isInside, kept, middleOf, moved, sizeOf, stretched, type Box, type Spot } from "../../src/planner/ground";
import { lotsNow, planPath } from "../../src/planner/placing";
import { lookUp, type Table } from "../../src/planner/json";
import { movedBy } from "../../src/planner/yards";
import { planPicture } from "../../src/pages/plan";
import type { Report } from "../../src/data/types";
import { settingText } from "../../src/lib/labels";

const RECT: Spot[][] = [[[0, 0], [100, 0], [100, 60], [0, 60], [0, 0]]];
/** An L: its notch is above and to the right of (50, 30). */
const ELL: Spot[][] = [[[0, 0], [100, 0], [100, 30], [50, 30], [50, 60], [0, 60]]];
const corners = ([west, south, east, north]: Box): Spot[] => [[west, south], [east, south], [east, north], [west, north]];
const within = (fence: Spot[][]) => (box: Box) => isInside(fence, corners(box));

describe("a fence", () => {
  it("covers what touches it, and nothing that sticks out", () => {
    expect(within(RECT)([0, 0, 100, 60])).toBe(true);
    expect(within(RECT)([90, 50, 100, 60])).toBe(true);
    expect(within(RECT)([90, 50, 100.5, 60])).toBe(false);
    expect(isInside(RECT, [[50, 60]])).toBe(true);
    expect(isInside(RECT, [[50, 60.1]])).toBe(false);
  });
  it("may have a notch and a hole", () => {
    expect(within(ELL)([40, 20, 60, 40])).toBe(false);
    expect(within(ELL)([10, 10, 50, 60])).toBe(true);
    // All corners are inside; the notch is not.
    expect(isInside(ELL, [[10, 55], [10, 10], [95, 10], [95, 25]])).toBe(false);
    const holed = [...RECT, [[40, 20], [60, 20], [60, 40], [40, 40]] as Spot[]];
    expect(within(holed)([45, 25, 55, 35])).toBe(false);
    expect(within(holed)([5, 5, 35, 55])).toBe(true);
  });
});

describe("a lot", () => {
  const lot: Box = boxOf([20, 20], [20, 10]);
  it("goes where it is wanted, or as far as the fence", () => {
    expect(kept(lot, ALL_SIDES, [10, 5], within(RECT))).toEqual({ box: [20, 20, 40, 30], isCut: false });
    expect(kept(lot, ALL_SIDES, [500, 500], within(RECT))).toEqual({ box: [80, 50, 100, 60], isCut: true });
    // It slides along the fence.
    expect(kept(lot, ALL_SIDES, [30, -500], within(RECT))).toEqual({ box: [40, 0, 60, 10], isCut: true });
    expect(within(ELL)(kept(lot, ALL_SIDES, [60, 500], within(ELL)).box)).toBe(true);
  });
  it("is never put outside, wherever it is pulled", () => {
    for (let at = 0; at < 400; at += 1) {
      const by: Spot = [((at * 37) % 301) - 150, ((at * 53) % 201) - 100];
      for (const fence of [RECT, ELL]) expect(within(fence)(kept(lot, ALL_SIDES, by, within(fence)).box)).toBe(true);
    }
  });
  it("comes back from outside", () => {
    expect(kept([-50, 0, -30, 10], ALL_SIDES, [5, 0], within(RECT))).toEqual({ box: [-45, 0, -25, 10], isCut: false });
  });
  it("is resized by a corner, and keeps an area", () => {
    expect(kept(lot, [false, false, true, true], [5, 5], within(RECT)).box).toEqual([10, 15, 35, 30]);
    expect(moved(lot, [false, false, true, true], [-500, -500])).toEqual([10, 15, 12, 17]);
    expect(kept(lot, [true, true, false, false], [-500, -500], within(RECT)).box).toEqual([0, 0, 30, 25]);
  });
  it("keeps its shape when it is stretched", () => {
    const triangle: Spot[] = [[0, 0], [10, 0], [5, 10]];
    expect(stretched(triangle, boxAround(triangle), [20, 20, 40, 30])).toEqual([[20, 20], [40, 20], [30, 30]]);
  });
});

describe("a moved lot in words", () => {
  it("says where its middle is, of a change and of the setting of a run", () => {
    expect(settingText("site.depot.plan.lots.canopy.at_m=60, 50")).toBe("Middle of charging lot canopy at depot: 60, 50 m");
    expect(settingText("terminal.pier.plan.lots.north_east.size_m=[80, 20]")).toBe("Size of charging lot north east at pier: 80, 20 m");
  });
});

describe("lots of a draft", () => {
  const feature = (key: string, path: number[]) => ({ key, part: "lot", is_area: true, paths: [path] });
  const drawn = [feature("north", [0, 0, 20, 0, 20, 10, 0, 10, 0, 0]), feature("gone", [50, 0, 60, 0, 60, 10, 50, 0])];
  const lots = (plan: Table) => {
    const document: Table = { terminal: { pier: { plan } } };
    const editing = { value: (path: string) => lookUp(document, path) };
    return lotsNow(editing, planPath(editing, "pier"), drawn).map(({ key, box }) => [key, middleOf(box), sizeOf(box)]);
  };
  it("lie where the draft has them", () => {
    expect(lots({ quay_m: 300, lots: { north: { at_m: [30, 40], size_m: [20, 10] } } })).toEqual([["north", [30, 40], [20, 10]]]);
    expect(lots({ quay_m: 300, lots: { north: { at_m: [30, 40] }, new: { at_m: [5, 5] } } })).toEqual([["north", [30, 40], [20, 10]], ["new", [5, 5], [0, 0]]]);
  });
  it("lie where a file draws them, until the draft moves one", () => {
    expect(lots({ file: "pier.geojson" })).toEqual([["north", [10, 5], [20, 10]], ["gone", [55, 5], [10, 10]]]);
    expect(lots({ file: "pier.geojson", lots: { north: { at_m: [30, 40] } } })[0]).toEqual(["north", [30, 40], [20, 10]]);
    expect(lots({ file: "pier.geojson", lots: { north: {} } })[0]).toEqual(["north", [10, 5], [20, 10]]);
  });
});

describe("the picture of a plan", () => {
  const ring = (lon: number, lat: number, size: number) => [[lon, lat, lon + size, lat, lon + size, lat + size, lon, lat + size, lon, lat]];
  const areas = (lon: number) => [{ site: "pier", name: "", rings: ring(lon, 10, 0.01) }, { site: "pier", name: "charging lot a", rings: ring(lon + 0.001, 10.001, 0.002) }, { site: "next", name: "charging lot a", rings: ring(lon + 0.01, 10, 0.002) }];
  const site = { key: "pier", lat: 10, lon: 20, name: "Pier" };
  it("shades lots by their waits, and leaves out the neighbour's", () => {
    const made = planPicture(areas(20), site, new Map([["a", 50]]));
    const [shape, ...others] = [...(made?.querySelectorAll<SVGElement>("path.lot") ?? [])];
    expect([others.length, shape?.style.fill]).toEqual([0, "#123f70"]);
    expect(made?.textContent).toContain("wait 50 min");
    expect(made?.textContent).toContain("45 min and more");
    expect(planPicture(areas(20), site)?.textContent).not.toContain("45 min");
  });
  it("tells how far a lot was moved", () => {
    const run = (lon: number) => ({ background: { areas: areas(lon), roads: [], picture: null } }) as unknown as Report;
    expect(movedBy(run(20), run(20), "pier", "a")).toBe(0);
    expect(movedBy(run(20), run(20.001), "pier", "a")).toBeCloseTo(109.5, 0);
    expect(movedBy(run(20), run(20), "pier", "b")).toBe(null);
  });
});
