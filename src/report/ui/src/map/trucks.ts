// Trucks under way at a time, drawn on a canvas above the map: an element for each would be too slow.

import type { Report } from "../data/types";

/** Trips in the order of their start. */
export class Trips {
  private readonly start: Uint32Array;
  private readonly duration: Uint32Array;
  private readonly from: Uint16Array;
  private readonly to: Uint16Array;
  private readonly laden: Uint8Array;
  private readonly longest: number;

  constructor(bytes: ArrayBuffer, count: number) {
    // Whoever packs them writes little-endian, and so does every processor that runs a browser today.
    this.start = new Uint32Array(bytes, 0, count);
    this.duration = new Uint32Array(bytes, 4 * count, count);
    this.from = new Uint16Array(bytes, 8 * count, count);
    this.to = new Uint16Array(bytes, 10 * count, count);
    this.laden = new Uint8Array(bytes, 12 * count, count);
    this.longest = this.duration.reduce((longest, it) => Math.max(longest, it), 0);
  }

  /** Calls `visit` for each trip under way, with the share of it that lies behind. */
  each(now: number, visit: (from: number, to: number, share: number, isLaden: boolean) => void): void {
    for (let at = this.firstFrom(now - this.longest); at < this.start.length; at += 1) {
      const passed = now - (this.start[at] ?? Number.POSITIVE_INFINITY);
      if (passed < 0) return;
      const whole = this.duration[at] ?? 0;
      if (passed < whole) visit(this.from[at] ?? 0, this.to[at] ?? 0, passed / whole, this.laden[at] === 1);
    }
  }

  count(now: number): number {
    let count = 0;
    this.each(now, () => (count += 1));
    return count;
  }

  /** The first trip that starts no earlier than `least`. */
  private firstFrom(least: number): number {
    let [low, high] = [0, this.start.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.start[middle] ?? 0) < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Nothing when there are no trips, or when this browser cannot unpack them. */
export async function unpackTrips(legs: Report["legs"]): Promise<Trips | null> {
  if (legs.packed === "" || legs.count === 0 || typeof DecompressionStream === "undefined") return null;
  try {
    const text = atob(legs.packed);
    const packed = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Trips(await new Response(stream).arrayBuffer(), legs.count);
  } catch {
    return null;
  }
}

/** Ways along the roads of the background, by the numbers of the sites at their ends. */
export class Ways {
  /** Longitude and latitude by turns, and the length up to each of them. */
  private readonly known = new Map<string, { path: number[]; upTo: number[] }>();

  constructor(routes: Report["routes"]) {
    for (const { from, to, path } of routes) {
      const upTo = [0];
      const squeeze = Math.cos(((path[1] ?? 0) * Math.PI) / 180);
      for (let at = 2; at + 1 < path.length; at += 2) {
        const [right, up] = [((path[at] ?? 0) - (path[at - 2] ?? 0)) * squeeze, (path[at + 1] ?? 0) - (path[at - 1] ?? 0)];
        upTo.push((upTo[upTo.length - 1] ?? 0) + Math.hypot(right, up));
      }
      this.known.set(`${from} ${to}`, { path, upTo });
    }
  }

  /** Latitude and longitude after a share of a trip; none where there is no way. */
  at(from: number, to: number, share: number): [number, number] | undefined {
    const way = this.known.get(`${from} ${to}`);
    if (!way) return undefined;
    const { path, upTo } = way;
    const passed = share * (upTo[upTo.length - 1] ?? 0);
    const next = Math.max(1, upTo.findIndex((length) => length >= passed));
    const [before, after] = [upTo[next - 1] ?? 0, upTo[next] ?? 0];
    const part = after > before ? (passed - before) / (after - before) : 0;
    const mix = (a: number, b: number) => a + (b - a) * part;
    return [mix(path[2 * next - 1] ?? 0, path[2 * next + 1] ?? 0), mix(path[2 * next - 2] ?? 0, path[2 * next] ?? 0)];
  }
}

/** Where trucks are drawn: at sites by number, and at places. */
export interface Ground {
  spot: (site: number) => [number, number] | undefined;
  pixel: (lat: number, lon: number) => [number, number];
  ways: Ways;
}

/** Filled dots are laden, hollow rings empty: colour is not what tells them apart. */
export function drawTrucks(canvas: HTMLCanvasElement, trips: Trips | null, now: number, { spot, pixel, ways }: Ground): void {
  const scale = window.devicePixelRatio || 1;
  const brush = canvas.getContext("2d");
  if (!brush) return;
  brush.setTransform(scale, 0, 0, scale, 0, 0);
  brush.clearRect(0, 0, canvas.width, canvas.height);
  if (!trips) return;
  const [full, empty] = [new Path2D(), new Path2D()];
  trips.each(now, (from, to, share, isLaden) => {
    const on = ways.at(from, to, share);
    const [a, b] = [spot(from), spot(to)];
    if (!a || !b) return;
    const [x, y] = on ? pixel(...on) : [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
    const path = isLaden ? full : empty;
    path.moveTo(x + 2.6, y);
    path.arc(x, y, 2.6, 0, 2 * Math.PI);
  });
  brush.lineWidth = 1.1;
  brush.fillStyle = "#b45309";
  brush.strokeStyle = "#fff";
  brush.fill(full);
  brush.stroke(full);
  brush.fillStyle = "#fff";
  brush.strokeStyle = "#7c3a05";
  brush.fill(empty);
  brush.stroke(empty);
}
