// Contract: marks that would cover one another become one, names never cover one another, and the scale is true.

import { describe, expect, it } from "vitest";
import { clusters } from "../../src/map/cluster";
import { place, type Label } from "../../src/map/labels";
import { worstOf } from "../../src/map/view";
import { flat, KM_A_DEGREE, roundLength } from "../../src/map/place";

const spot = (key: string, x: number, y = 0) => ({ key, x, y, radius: 10 });

describe("clusters", () => {
  it("gather what overlaps, under the first", () => {
    const groups = clusters([spot("a", 0), spot("b", 5), spot("c", 100)], "");
    expect(groups.map((group) => group.map(({ key }) => key))).toEqual([["a", "b"], ["c"]]);
  });
  it("leave the chosen site alone", () => {
    const groups = clusters([spot("chosen", 0), spot("b", 5), spot("c", 8)], "chosen");
    expect(groups.map((group) => group.map(({ key }) => key))).toEqual([["chosen"], ["b", "c"]]);
  });
  it("lose nobody", () => {
    const spots = Array.from({ length: 200 }, (_, at) => spot(String(at), (at * 37) % 100, (at * 53) % 100));
    expect(clusters(spots, "7").flat().length).toBe(200);
  });
});

describe("names", () => {
  const label = (key: string, x: number, isSure = false): Label => ({ key, lines: ["A long name of a site"], x, y: 50, radius: 8, isSure });
  it("do not cover one another, but the chosen one is always there", () => {
    const placed = place([label("sure", 100, true), label("b", 100), label("c", 101), label("d", 102), label("e", 103)], [], [400, 100]);
    expect(placed.some(({ key }) => key === "sure")).toBe(true);
    placed.forEach((one, at) => placed.slice(at + 1).forEach((two) => expect(one.box[0] < two.box[2] && two.box[0] < one.box[2] && one.box[1] < two.box[3] && two.box[1] < one.box[3]).toBe(false)));
  });
  it("of the worst may cover marks, but no other name", () => {
    const worst = (key: string, x: number): Label => ({ ...label(key, x), isAbove: true });
    const marks: [number, number, number, number][] = [[0, 0, 400, 100]];
    expect(place([label("a", 200)], [...marks], [400, 100])).toEqual([]);
    const placed = place([worst("a", 200), worst("b", 201), worst("c", 202)], [...marks], [400, 100]);
    expect(placed.length).toBeGreaterThan(1);
    placed.forEach((one, at) => placed.slice(at + 1).forEach((two) => expect(one.box[0] < two.box[2] && two.box[0] < one.box[2] && one.box[1] < two.box[3] && two.box[1] < one.box[3]).toBe(false)));
  });
  it("are those of the worst where there are many", () => {
    const all = Array.from({ length: 40 }, (_, at) => ({ key: String(at), rank: at < 30 ? 0 : at }));
    expect([...worstOf(all, 8).keys()]).toEqual(["39", "38", "37", "36", "35", "34", "33", "32"]);
    expect(worstOf(all.slice(0, 20), 8).size).toBe(0);
  });
  it("stay inside the map", () => {
    for (const { box } of place([label("a", 395), label("b", 3)], [], [400, 100])) expect(box[0] >= 2 && box[2] <= 398).toBe(true);
  });
});

describe("distances", () => {
  it("are true: Long Beach to Riverside is about 75 km", () => {
    const { spot: at } = flat([{ lat: 33.77, lon: -118.19 }, { lat: 33.95, lon: -117.4 }]);
    const [one, two] = [at(33.77, -118.19), at(33.95, -117.4)];
    expect(Math.hypot(one[0] - two[0], one[1] - two[1]) * KM_A_DEGREE).toBeCloseTo(75.8, 0);
  });
  it("have a round length that fits", () => {
    for (const pixels of [0.03, 0.5, 1, 7, 90, 4000]) {
      const bar = roundLength(pixels, 110);
      expect(bar.width).toBeLessThanOrEqual(110);
      expect(bar.width).toBeGreaterThan(20);
      expect(bar.km * pixels).toBeCloseTo(bar.width, 9);
    }
  });
});
