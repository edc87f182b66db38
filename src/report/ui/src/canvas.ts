// Charts of Apache ECharts on a page: drawn when they come near the window, sized with it, gone with their page.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { whenPageEnds } from "./page";

use([AriaComponent, BarChart, CanvasRenderer, DataZoomComponent, GridComponent, LegendComponent, LineChart, MarkLineComponent, TooltipComponent]);

/** Told apart by the colour-blind; lightness differs too, for print in grey. */
export const COLORS = ["#1f6fb0", "#e69f00", "#56b4a0", "#9aa5b1", "#b3261e", "#7a5195", "#8c6d31", "#4d4d4d", "#bcbd22"];

const live = new Set<EChartsType>();
const waiting = new Map<Element, () => void>();

const observer = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawNow(entry.target)),
  { rootMargin: "300px" },
);
window.addEventListener("resize", () => live.forEach((chart) => chart.resize()));
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
