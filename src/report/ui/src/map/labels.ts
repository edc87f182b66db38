// Where names go: beside their mark, inside the map, none over another.

/** Left, top, right, bottom. */
export type Box = [number, number, number, number];

export interface Label {
  key: string;
  lines: string[];
  x: number;
  y: number;
  radius: number;
  /** Has its name even where it covers others. */
  isSure: boolean;
  /** Its name may cover marks, but no other name. */
  isAbove?: boolean;
}

export interface Placed extends Label {
  box: Box;
  isLeft: boolean;
}

const LETTER_PX = 7;
const LINE_PX = 14;

const cross = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Labels that have room, those that come first in the list first. `taken` is what else is on the map; names are added to it; `solid` nothing may cover. */
export function place(labels: Label[], taken: Box[], [width, height]: [number, number], solid: Box[] = []): Placed[] {
  const out: Placed[] = [];
  const names: Box[] = [...solid];
  for (const label of labels) {
    const { lines, x, y, radius } = label;
    if (x < 0 || y < 0 || x > width || y > height || lines.length === 0) continue;
    const long = Math.max(...lines.map((line) => line.length)) * LETTER_PX;
    const tall = lines.length * LINE_PX;
    const at = (from: number, top: number): Box => [from, top, from + long, top + tall];
    const inside = Math.min(width - 3 - long, Math.max(3, x - long / 2));
    const middle = Math.min(height - tall - 2, Math.max(2, y - tall / 2));
    const beside = [at(x + radius + 5, middle), at(x - radius - 5 - long, middle), at(inside, y - radius - tall - 3), at(inside, y + radius + 3)];
    const fits = (box: Box) => box[0] >= 2 && box[2] <= width - 2 && box[1] >= 0 && box[3] <= height;
    const free = beside.find((box) => fits(box) && !taken.some((other) => cross(box, other)));
    const above = label.isAbove ? beside.find((box) => fits(box) && !names.some((other) => cross(box, other))) : undefined;
    const box = free ?? above ?? (label.isSure ? (beside.find(fits) ?? at(inside, middle)) : undefined);
    if (!box) continue;
    taken.push(box);
    names.push(box);
    out.push({ ...label, box, isLeft: box === beside[1] });
  }
  return out;
}
