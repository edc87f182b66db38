// Marks that would lie on one another become one mark until the map is zoomed in.

export interface Spot {
  key: string;
  x: number;
  y: number;
  radius: number;
}

/** So near to each other, in shares of both radii, marks cannot be told apart. */
const TOGETHER = 0.85;
/** Several sites have room for their number. */
export const LEAST_RADIUS = 11;

/** Groups of spots; the first of each leads it. Those that come first in the list lead, and `alone` never joins others. */
export function clusters<S extends Spot>(spots: S[], alone: string): S[][] {
  const groups: S[][] = [];
  for (const spot of spots) {
    const isNear = (leader: S | undefined) =>
      leader !== undefined && leader.key !== alone && Math.hypot(leader.x - spot.x, leader.y - spot.y) < TOGETHER * (Math.max(LEAST_RADIUS, leader.radius) + spot.radius);
    const group = spot.key === alone ? undefined : groups.find(([leader]) => isNear(leader));
    if (group) group.push(spot);
    else groups.push([spot]);
  }
  return groups;
}
