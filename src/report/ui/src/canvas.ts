// Charts of Apache ECharts on a page: drawn when they come near the window, sized with it, gone with their page.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { whenPageEnds } from "./page";

use([AriaComponent, BarChart, CanvasRenderer, DataZoomComponent, GridComponent, LegendComponent, LineChart, MarkLineComponent, TooltipComponent]);

/** After Okabe and Ito, whose colours the colour-blind tell apart; the pale ones darker, to be seen on white. */
const [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY, WINE, OLIVE] = ["#0072b2", "#e69f00", "#007f5c", "#b65f8f", "#56b4e9", "#d55e00", "#4d4d4d", "#7a1f4d", "#a39300"] as const;
const COLORS = [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY, WINE, OLIVE];
/** What is on several charts, or may be missing from one, keeps its colour. */
const FIXED: Record<string, string> = {
  charging: BLUE,
  "equipment on the grid": ORANGE,
  "shore power": SKY,
  other: GREY,
  hydrogen: GREEN,
  "for a port": BLUE,
  "for hydrogen": GREEN,
  trucks: BLUE,
  equipment: ORANGE,
  visitors: GREEN,
  diesel: GREY,
  "battery electric": BLUE,
  "fuel cell": GREEN,
  "grid connected": ORANGE,
  tailpipes: GREY,
  "diesel supply": PURPLE,
  grid: ORANGE,
  "vehicles, less resale and incentives": BLUE,
  "works, less incentives": SKY,
  electricity: ORANGE,
  "maintenance and insurance": PURPLE,
  "drivers who wait": RED,
  "fees, carbon price, fuel credits": WINE,
  "value left at the end": OLIVE,
  limit: "#b3261e",
};

/** Colours of the series of a chart, in their order. */
export function colors(names: string[]): string[] {
  return names.map((name, at) => FIXED[name] ?? COLORS[at % COLORS.length] ?? BLUE);
}

const live = new Set<EChartsType>();
const waiting = new Map<Element, () => void>();

const observer = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawNow(entry.target)),
  { rootMargin: "300px" },
);
window.addEventListener("resize", () => [...live].filter((chart) => isShown(chart.getDom())).forEach((chart) => chart.resize()));
window.addEventListener("beforeprint", () => [...waiting.keys()].filter(isShown).forEach(drawNow));

function isShown(node: Element): boolean {
  return node.getClientRects().length > 0;
}

function drawNow(node: Element): void {
  const draw = waiting.get(node);
  waiting.delete(node);
  observer.unobserve(node);
  draw?.();
}

/** Draws a node once it comes near the window, or before printing: the first view must not wait for the rest. */
export function whenSeen(node: Element, draw: () => void): void {
  waiting.set(node, draw);
  observer.observe(node);
  whenPageEnds(() => {
    waiting.delete(node);
    observer.unobserve(node);
  });
}

export function makeChart(node: HTMLElement): EChartsType {
  const chart = init(node);
  live.add(chart);
  whenPageEnds(() => {
    live.delete(chart);
    chart.dispose();
  });
  return chart;
}
