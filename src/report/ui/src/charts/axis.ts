// Labels under a chart over time.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** "2025-06-02" as "Mon 06-02"; what is no date as it is. */
export function dayName(day: string): string {
  const date = new Date(`${day}T00:00Z`);
  return Number.isNaN(date.getTime()) ? day : `${DAYS[date.getUTCDay()]} ${day.slice(5)}`;
}

/** The steps that get a label: the first of each day, or hours where all is within few days. Nothing for other names. */
export function labelled(times: string[], most: number): Map<number, string> | null {
  const parts = times.map((time) => time.split(" "));
  if (!parts.every((part) => part.length === 2)) return null;
  const days = parts.flatMap(([day = ""], at) => (at === 0 || day !== parts[at - 1]?.[0] ? [{ at, text: dayName(day) }] : []));
  const hours = parts.flatMap(([day = "", hour = ""], at) => (/^(00|06|12|18):00$/.test(hour) ? [{ at, text: hour === "00:00" ? dayName(day) : hour }] : []));
  const all = days.length < 3 ? hours : days;
  const each = Math.ceil(all.length / most);
  return new Map(all.filter((_, index) => index % each === 0).map(({ at, text }) => [at, text]));
}
