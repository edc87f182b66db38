// The one time of a run's page, and the bar that moves it.

import { button, choice, element } from "./dom";
import { listen, Shared, whenPageEnds } from "./page";

/** Simulated minutes that pass in a second of playback. */
const SPEEDS: [number, string][] = [
  [5, "5 min a second"],
  [15, "15 min a second"],
  [60, "1 h a second"],
  [180, "3 h a second"],
  [720, "12 h a second"],
  [1_440, "1 day a second"],
  [4_320, "3 days a second"],
  [10_080, "1 week a second"],
];
/** Playback of the whole run takes between these, seconds. */
const PLAYED_S: [number, number] = [8, 1_200];
/** And at first no longer than this. */
const FIRST_S = 180;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export class Clock {
  /** Seconds since the start of the run. */
  readonly seconds = new Shared(0);
  /** Time step of the charts; changes less often than the seconds. */
  readonly step = new Shared(0);

  constructor(
    readonly times: string[],
    readonly step_s: number,
  ) {
    this.seconds.follow((now) => this.step.set(Math.min(this.times.length - 1, Math.floor(now / this.step_s))));
  }

  get end(): number {
    return this.times.length * this.step_s - 1;
  }

  set(seconds: number): void {
    this.seconds.set(Math.min(this.end, Math.max(0, seconds)));
  }

  /** Local time now, with its day of the week. */
  label(): string {
    return this.labelAt(this.seconds.value);
  }

  /** Local time of a second of the run. */
  labelAt(seconds: number): string {
    const step = Math.min(this.times.length - 1, Math.max(0, Math.floor(seconds / this.step_s)));
    const [day = "", hour = "00:00"] = (this.times[step] ?? "").split(" ");
    const date = new Date(`${day}T${hour}:00Z`);
    if (Number.isNaN(date.getTime())) return this.times[step] ?? "";
    const moved = new Date(date.getTime() + Math.floor(seconds - step * this.step_s) * 1000);
    return `${DAYS[moved.getUTCDay()]} ${moved.toISOString().slice(0, 16).replace("T", " ")}`;
  }
}

/** Speeds that suit the length of the run, and the first to offer. */
function speeds(clock: Clock): { all: [string, string][]; first: string } {
  const played_s = (minutes: number) => clock.end / 60 / minutes;
  const fit = SPEEDS.filter(([minutes]) => played_s(minutes) >= PLAYED_S[0] && played_s(minutes) <= PLAYED_S[1]);
  const offered = fit.length > 0 ? fit : SPEEDS.slice(0, 1);
  const first = offered.find(([minutes]) => played_s(minutes) <= FIRST_S) ?? offered[offered.length - 1];
  return { all: offered.map(([minutes, text]) => [String(minutes), text]), first: String(first?.[0] ?? 60) };
}

export interface TimeBar {
  node: HTMLElement;
  /** Says the facts again: what they are made of may come later than the page. */
  tell: () => void;
}

/** Play, slider, time and speed; stays at the top of the window. `facts` says what holds at the time. */
export function timeBar(clock: Clock, facts: () => string): TimeBar {
  const range = element("input", { type: "range", min: "0", max: String(clock.times.length - 1), step: "1", "aria-label": "Time" });
  const time = element("span", { class: "time" });
  const said = element("span", { class: "legend" });
  const { all, first } = speeds(clock);
  const speed = choice("Speed", all, () => undefined);
  speed.select.value = first;
  const player = new Player(clock, () => Number(speed.select.value) * 60);
  const play = button("▶ Play", () => player.toggle());
  player.isOn.follow((isOn) => (play.textContent = isOn ? "❚❚ Pause" : "▶ Play"));
  range.addEventListener("input", () => clock.set(Number(range.value) * clock.step_s));
  const bar = element("div", { class: "timebar", role: "group", "aria-label": "Time of the map and the charts" }, play, range, time, speed.node, said);
  bar.addEventListener("keydown", (event) => {
    // Elsewhere in the bar the space key has a meaning of its own.
    if (event.key !== " " || event.target !== range) return;
    event.preventDefault();
    player.toggle();
  });
  const tell = () => (said.textContent = facts());
  clock.step.follow((step) => {
    range.value = String(step);
    tell();
  });
  clock.seconds.follow(() => {
    time.textContent = clock.label();
    if (!player.isOn.value) range.setAttribute("aria-valuetext", clock.label());
  });
  return { node: bar, tell };
}

class Player {
  readonly isOn = new Shared(false);
  private frame = 0;
  private last = 0;

  constructor(
    private readonly clock: Clock,
    private readonly speed: () => number,
  ) {
    whenPageEnds(() => this.stop());
    listen("beforeprint", () => this.stop());
  }

  toggle(): void {
    if (this.isOn.value) { this.stop(); return; }
    if (this.clock.seconds.value >= this.clock.end) this.clock.set(0);
    this.isOn.set(true);
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.advance(now));
  }

  private stop(): void {
    cancelAnimationFrame(this.frame);
    this.isOn.set(false);
  }

  private advance(now: number): void {
    // A tab that slept, or a slow frame, must not make the time jump.
    const passed = Math.min(0.1, Math.max(0, now - this.last) / 1000);
    this.last = now;
    this.clock.set(this.clock.seconds.value + passed * this.speed());
    if (this.clock.seconds.value >= this.clock.end) { this.stop(); return; }
    this.frame = requestAnimationFrame((next) => this.advance(next));
  }
}
