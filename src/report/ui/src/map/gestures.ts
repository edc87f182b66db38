// What the pointer does to a map: drags it, zooms it with a key and the wheel, and drags handles from site to site.

/** A press that moves less than this is a click. */
const STILL_PX = 5;
/** A handle is dropped on a site that is no farther away. */
const REACH_PX = 25;

/** Handles have the attribute `data-handle` with their key. */
export interface Handles {
  /** The site at which a handle stands. */
  home: (handle: string) => string;
  drop: (handle: string, site: string) => void;
  click: (handle: string) => void;
}

interface Ground {
  panBy: (x: number, y: number) => void;
  zoomBy: (factor: number, at: [number, number]) => void;
  nearest: (at: [number, number], reach: number) => string | null;
  draw: () => void;
}

/** A press of the pointer: on a handle, or on the map itself. */
interface Press {
  handle: string | null;
  pointer: number;
  x: number;
  y: number;
  isDrag: boolean;
  target: string | null;
}

export class Gestures {
  private press: Press | null = null;

  constructor(
    private readonly map: SVGSVGElement,
    private readonly ground: Ground,
    private readonly handles?: Handles,
  ) {
    const wheel = (event: WheelEvent) => {
      // Without a key the page scrolls, as everywhere else.
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      ground.zoomBy((event.deltaY || event.deltaX) < 0 ? 1.25 : 0.8, this.point(event));
    };
    map.addEventListener("wheel", wheel, { passive: false });
    map.addEventListener("pointerdown", (event) => this.pressed(event));
    map.addEventListener("pointermove", (event) => this.moved(event));
    map.addEventListener("pointerup", (event) => this.released(event));
    for (const type of ["pointercancel", "lostpointercapture"] as const) map.addEventListener(type, (event) => this.abandon(event));
    // While a drag is under way the map has the pointer, wherever it is.
    map.addEventListener("pointerleave", (event) => {
      if (!map.hasPointerCapture(event.pointerId)) this.abandon(event);
    });
  }

  /** Is a handle being dragged? */
  get isHolding(): boolean {
    return this.press !== null && this.press.isDrag && this.press.handle !== null;
  }

  private point(event: MouseEvent): [number, number] {
    const matrix = this.map.getScreenCTM();
    if (!matrix) return [0, 0];
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return [x, y];
  }

  private pressed(event: PointerEvent): void {
    if (event.button !== 0 || this.press) return;
    const handle = event.target instanceof Element ? (event.target.closest("[data-handle]")?.getAttribute("data-handle") ?? null) : null;
    // A press on a handle would choose text otherwise.
    if (handle !== null) event.preventDefault();
    const [x, y] = this.point(event);
    this.press = { handle, pointer: event.pointerId, x, y, isDrag: false, target: null };
  }

  private moved(event: PointerEvent): void {
    const { press, map } = this;
    if (press?.pointer !== event.pointerId) return;
    const [x, y] = this.point(event);
    if (!press.isDrag) {
      if (Math.hypot(x - press.x, y - press.y) < STILL_PX) return;
      press.isDrag = true;
      map.setPointerCapture(event.pointerId);
    }
    if (press.handle === null) {
      const [right, down] = [x - press.x, y - press.y];
      [press.x, press.y] = [x, y];
      this.ground.panBy(right, down);
      return;
    }
    const handle = [...map.querySelectorAll("[data-handle]")].find((node) => node.getAttribute("data-handle") === press.handle);
    handle?.setAttribute("transform", `translate(${x},${y})`);
    const near = this.ground.nearest([x, y], REACH_PX);
    press.target = near !== null && near !== this.handles?.home(press.handle) ? near : null;
    for (const mark of map.querySelectorAll("[data-site], [data-name]")) mark.classList.toggle("target", (mark.getAttribute("data-site") ?? mark.getAttribute("data-name")) === press.target);
  }

  private released(event: PointerEvent): void {
    const { press } = this;
    if (press?.pointer !== event.pointerId) return;
    this.press = null;
    if (press.handle === null) return;
    if (press.isDrag && press.target !== null) this.handles?.drop(press.handle, press.target);
    else if (press.isDrag) this.ground.draw();
    else this.handles?.click(press.handle);
  }

  private abandon(event: PointerEvent): void {
    const { press } = this;
    if (press?.pointer !== event.pointerId) return;
    this.press = null;
    if (press.isDrag) this.ground.draw();
  }
}
