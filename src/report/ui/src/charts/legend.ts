// Legends that show every series: in as many rows as they need, and the chart leaves room for them.

import { isPaper } from "../lib/look";

/** Sizes of an entry: its mark with the gaps around, a letter, a row; and the room of the name of the axis below. */
const SCREEN = { mark: 42, letter: 6.8, row: 24, name: 24 };
const PAPER = { mark: 28, letter: 5.8, row: 17, name: 30 };

/** Rows that entries take when they wrap at a width, pixels. */
export function legendRows(names: string[], width: number, { mark, letter }: { mark: number; letter: number }): number {
  let [rows, used] = [1, 0];
  for (const name of names) {
    const own = mark + letter * name.length;
    if (used > 0 && used + own > width) [rows, used] = [rows + 1, 0];
    used += own;
  }
  return rows;
}

/** The legend of a chart with the room above its grid; a chart whose legend has many rows is higher by them. */
export function legendRoom(node: HTMLElement, names: string[], width: number): { top: number; legend: { top: number; type: "plain"; width: number } } {
  const sizes = isPaper() ? PAPER : SCREEN;
  const rows = legendRows(names, width - 16, sizes);
  node.style.setProperty("--legend", `${(rows - 1) * sizes.row}px`);
  return { top: rows * sizes.row + sizes.name, legend: { top: 0, type: "plain", width: width - 10 } };
}

/** By how much a chart is higher for its legend, pixels. */
export const legendHeight = (node: HTMLElement) => Number.parseFloat(node.style.getPropertyValue("--legend")) || 0;
