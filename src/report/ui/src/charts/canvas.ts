// Charts of Apache ECharts on a page: drawn when they come near the window, sized with it, gone with their page.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { HALF_PAPER_PX, isPaper, PAPER_PX, theme, whenLookChanges, type Theme } from "../lib/look";
import { whenPageEnds } from "../lib/page";
import { legendHeight } from "./legend";

use([AriaComponent, BarChart, CanvasRenderer, DataZoomComponent, GridComponent, LegendComponent, LineChart, MarkAreaComponent, TooltipComponent]);

/** After Okabe and Ito, whose colours the colour-blind tell apart; the pale ones darker, to be seen on white. */
const [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY, WINE, OLIVE] = ["#0072b2", "#e69f00", "#007f5c", "#b65f8f", "#56b4e9", "#d55e00", "#4d4d4d", "#7a1f4d", "#a39300"] as const;
const COLORS = [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY, WINE, OLIVE];
const [BROWN, TEAL, SALMON] = ["#8c6d46", "#7fbfb0", "#ef8e8e"] as const;
/** On a dark page all are lighter, and as far apart as on a light one. */
const ON_DARK: Record<string, string> = { [BLUE]: "#3f8fe0", [SKY]: "#9ad9ff", [GREEN]: "#2fb38c", [GREY]: "#84909c", [WINE]: "#c4457f", [PURPLE]: "#dba6d0", [OLIVE]: "#d6c93c", [RED]: "#f0692a", [BROWN]: "#a98250", [TEAL]: "#86e0c8", [SALMON]: "#ffb3a7" };
export const LIMIT = "#b3261e";
const LIMIT_ON_DARK = "#ff8a80";
/** What is on several charts, or may be missing from one, keeps its colour. */
const FIXED: Record<string, string> = {
  charging: BLUE,
  "equipment on the grid": ORANGE,
  "shore power": SKY,
  "base load": GREY,
  hydrogen: GREEN,
  "for a charging port": BLUE,
  "for hydrogen": GREEN,
  "peak in the time step": BLUE,
  mean: SKY,
  longest: BLUE,
  trucks: BLUE,
  equipment: ORANGE,
  visitors: GREEN,
  diesel: GREY,
  "battery electric": BLUE,
  "fuel cell": GREEN,
  "grid connected": ORANGE,
  direct: GREY,
  "fuel supply": PURPLE,
  grid: ORANGE,
  "vehicles and taxes, less resale and incentives": BLUE,
  "build-out, less incentives": SKY,
  electricity: ORANGE,
  "maintenance and insurance": PURPLE,
  "drivers who wait": RED,
  "fees, carbon price, fuel credits": WINE,
  "value left at the end": OLIVE,
  "fuel of vessels, energy of plants": BROWN,
  "charging sold to others": TEAL,
  "hauls lapsed or late": SALMON,
  limit: LIMIT,
};

/** Colours of the series of a chart, in their order. */
export function colors(names: string[], { isDark }: Theme): string[] {
  const fixed = names.map((name) => FIXED[name] ?? (name.startsWith("limits of ") ? LIMIT : undefined));
  // A colour that another series of the chart has for good is no colour for one that has none.
  const free = COLORS.filter((color) => !fixed.includes(color));
  let next = 0;
  const plain = fixed.map((color) => color ?? free[next++ % free.length] ?? BLUE);
  return isDark ? plain.map((color) => (color === LIMIT ? LIMIT_ON_DARK : (ON_DARK[color] ?? color))) : plain;
}

export const limitColor = ({ isDark }: Theme) => (isDark ? LIMIT_ON_DARK : LIMIT);

/** An axis in the colours of the page. */
export function axisLook({ soft, line }: Theme) {
  // On paper the rows of a legend are nearer to the name of an axis.
  const name = isPaper() ? { nameGap: 8, nameTextStyle: { color: soft, fontSize: 10 } } : { nameTextStyle: { color: soft } };
  return { ...name, axisLabel: { color: soft }, axisLine: { lineStyle: { color: soft } }, splitLine: { lineStyle: { color: line } } };
}

export function legendLook({ ink, soft }: Theme) {
  const small = isPaper() ? { itemWidth: 14, itemHeight: 9, itemGap: 7 } : {};
  return { ...small, textStyle: { color: ink, fontSize: isPaper() ? 10 : 12 }, inactiveColor: soft, pageTextStyle: { color: ink }, pageIconColor: ink };
}

const waiting = new Map<Element, () => void>();
const shownCharts = new Set<Picture>();

const observer = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawNow(entry.target)),
  { rootMargin: "300px" },
);
window.addEventListener("resize", () => shownCharts.forEach((picture) => picture.fit()));
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

/** A chart that follows the look of the page. */
export class Picture {
  private made: EChartsType | undefined;
  private options: ((theme: Theme, width: number) => EChartsCoreOption) | undefined;

  constructor(
    readonly node: HTMLElement,
    /** Hears of the chart when it is made. */
    private readonly whenMade: (chart: EChartsType) => void = () => undefined,
  ) {}

  get chart(): EChartsType | undefined {
    return this.made;
  }

  /** Shows other options: at once if it can be seen, or else when it is. */
  draw(options: (theme: Theme, width: number) => EChartsCoreOption): void {
    const isWaiting = this.options !== undefined;
    this.options = options;
    if (this.made) this.again();
    else if (!isWaiting) whenSeen(this.node, () => this.start());
  }

  fit(): void {
    if (this.made && isShown(this.node)) this.again();
  }

  private start(): void {
    const chart = init(this.node);
    this.made = chart;
    shownCharts.add(this);
    whenPageEnds(() => {
      shownCharts.delete(this);
      chart.dispose();
    });
    this.whenMade(chart);
    whenLookChanges(() => this.fit());
    this.again();
  }

  private again(): void {
    const { made, options } = this;
    if (!made || !options) return;
    const quad = this.node.closest(".quad");
    const isHalf = quad !== null;
    // As in print.css.
    const paperHeight = quad === null ? 220 : quad.classList.contains("wide") ? 140 : 200;
    // It may have been hidden while the window changed.
    const resize = () => {
      if (isPaper()) made.resize({ width: isHalf ? HALF_PAPER_PX : PAPER_PX, height: paperHeight + legendHeight(this.node) });
      else made.resize({ width: "auto", height: "auto" });
    };
    resize();
    const wanted = options(theme(), made.getWidth());
    // The legend may need more rows, for which the node is higher now.
    resize();
    made.setOption({ animation: false, ...wanted }, true);
    // Paper does not wait for the next frame.
    if (isPaper()) made.getZr().flush();
  }
}
