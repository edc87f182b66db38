// Where a charging lot may lie: inside the fence. Pure; metres as `at_m` of a lot has them.

export type Spot = [number, number];
/** West, south, east and north end. */
export type Box = [number, number, number, number];
/** A side of a box by its place in it; a lot that is moved takes all along. */
export type Sides = [boolean, boolean, boolean, boolean];

/** Lots are moved in steps of this, m: halves are exact, so a lot that touches the fence is inside of it for the server too. */
export const STEP_M = 0.5;
export const ALL_SIDES: Sides = [true, true, true, true];
/** An area that is pulled together keeps this length and width, m. */
const LEAST_M = 2;

/** The box around positions. */
export function boxAround(spots: Spot[]): Box {
  const [xs, ys] = [spots.map(([x]) => x), spots.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export const middleOf = ([west, south, east, north]: Box): Spot => [(west + east) / 2, (south + north) / 2];
export const sizeOf = ([west, south, east, north]: Box): Spot => [east - west, north - south];

/** The box around a middle. */
export function boxOf([x, y]: Spot, [width, depth]: Spot): Box {
  return [x - width / 2, y - depth / 2, x + width / 2, y + depth / 2];
}

/** An outline that filled one box in another one. */
export function stretched(outline: Spot[], from: Box, to: Box): Spot[] {
  const [[fromX, fromY], [toX, toY]] = [middleOf(from), middleOf(to)];
  const [[width, depth], [newWidth, newDepth]] = [sizeOf(from), sizeOf(to)];
  const [alongX, alongY] = [width > 0 ? newWidth / width : 1, depth > 0 ? newDepth / depth : 1];
  return outline.map(([x, y]) => [toX + (x - fromX) * alongX, toY + (y - fromY) * alongY]);
}

/** Positive where `c` lies to the left of the way from `a` to `b`, 0 on it. */
function turn([ax, ay]: Spot, [bx, by]: Spot, [cx, cy]: Spot): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function sides(ring: Spot[]): [Spot, Spot][] {
  return ring.flatMap((from, at): [Spot, Spot][] => {
    const to = ring[(at + 1) % ring.length];
    return to === undefined || (to[0] === from[0] && to[1] === from[1]) ? [] : [[from, to]];
  });
}

/** Is a position in an area, or on its edge? */
function covers(fence: [Spot, Spot][], spot: Spot): boolean {
  const [x, y] = spot;
  let isIn = false;
  for (const [from, to] of fence) {
    const isBetween = Math.min(from[0], to[0]) <= x && x <= Math.max(from[0], to[0]) && Math.min(from[1], to[1]) <= y && y <= Math.max(from[1], to[1]);
    if (isBetween && turn(from, to, spot) === 0) return true;
    if (from[1] > y !== to[1] > y && turn(from, to, spot) > 0 === to[1] > from[1]) isIn = !isIn;
  }
  return isIn;
}

/** Does an outline lie inside a fence (rings, filled even-odd) or on it? */
export function isInside(fence: Spot[][], outline: Spot[]): boolean {
  const edges = fence.flatMap(sides);
  if (!outline.every((spot) => covers(edges, spot))) return false;
  const crosses = (a: number, b: number) => (a > 0 && b < 0) || (a < 0 && b > 0);
  return !sides(outline).some(([from, to]) => edges.some(([a, b]) => crosses(turn(a, b, from), turn(a, b, to)) && crosses(turn(from, to, a), turn(from, to, b))));
}

/** A box with some sides moved; sides do not pass each other. */
export function moved(box: Box, moves: Sides, [right, up]: Spot): Box {
  const [west, south, east, north] = box.map((side, at) => side + (moves[at] ? (at % 2 === 0 ? right : up) : 0)) as Box;
  if (moves.every(Boolean)) return [west, south, east, north];
  const [leastX, leastY] = [Math.min(LEAST_M, box[2] - box[0]), Math.min(LEAST_M, box[3] - box[1])];
  return [moves[0] ? Math.min(west, east - leastX) : west, moves[1] ? Math.min(south, north - leastY) : south, moves[2] ? Math.max(east, west + leastX) : east, moves[3] ? Math.max(north, south + leastY) : north];
}

/**
 * A box with some sides moved as far as it stays inside: first along, then across, so that it slides along the fence. What lies
 * outside to begin with may go anywhere.
 */
export function kept(box: Box, moves: Sides, [right, up]: Spot, isIn: (box: Box) => boolean): { box: Box; isCut: boolean } {
  const wanted = moved(box, moves, [right, up]);
  if (isIn(wanted) || !isIn(box)) return { box: wanted, isCut: false };
  const farthest = (from: Box, by: number, way: (by: number) => Spot) => {
    let [least, most] = [0, Math.ceil(Math.abs(by) / STEP_M)];
    const after = (steps: number) => moved(from, moves, way(Math.sign(by) * Math.min(Math.abs(by), steps * STEP_M)));
    while (least < most) {
      const half = Math.ceil((least + most) / 2);
      if (isIn(after(half))) least = half;
      else most = half - 1;
    }
    return after(least);
  };
  const along = farthest(box, right, (by) => [by, 0]);
  return { box: farthest(along, up, (by) => [0, by]), isCut: true };
}
