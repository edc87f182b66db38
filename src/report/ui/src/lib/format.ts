// Numbers for people.

/** A number for people: thousands apart, and about three digits below a thousand. */
export function show(value: number | null, digits?: number): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const fraction = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  const text = value.toLocaleString("en-US", { maximumFractionDigits: fraction });
  return text === "-0" ? "0" : text;
}

/** Length of a time step in words. */
export function lasting(seconds: number): string {
  const [count, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, "day"] : seconds % 3_600 === 0 ? [seconds / 3_600, "hour"] : [seconds / 60, "minute"];
  return `${show(count)} ${unit}${count === 1 ? "" : "s"}`;
}

/** Power in the unit that it is spoken of. */
export function power(kw: number | null): string {
  if (kw === null) return "–";
  return Math.abs(kw) >= 1000 ? `${show(kw / 1000)} MW` : `${show(kw, kw < 10 ? undefined : 0)} kW`;
}

/** Energy in the unit that it is spoken of. */
export function energy(kwh: number | null): string {
  if (kwh === null) return "–";
  return Math.abs(kwh) >= 1e6 ? `${show(kwh / 1e6)} GWh` : Math.abs(kwh) >= 1000 ? `${show(kwh / 1000)} MWh` : `${show(kwh)} kWh`;
}

/** Dollars, large ones in millions: a card is narrow. */
export function dollars(usd: number | null): string {
  if (usd === null) return "–";
  // A line does not end between the sign and the amount.
  const [size, sign] = [Math.abs(usd), usd < 0 ? "−\u2060" : ""];
  return `${sign}${size >= 1e9 ? `$${show(size / 1e9)} billion` : size >= 1e6 ? `$${show(size / 1e6)} million` : `$${show(size, 0)}`}`;
}

/** Units that a value of a unit is spoken of in, from the largest: least value, divisor, name. */
const SPOKEN: Record<string, [number, number, string][]> = {
  kW: [[1000, 1000, "MW"]],
  kWh: [[1e6, 1e6, "GWh"], [1000, 1000, "MWh"]],
  USD: [[1e9, 1e9, "billion USD"], [1e6, 1e6, "million USD"]],
};

/** A mean with half of its interval, both in one unit; with its sign where it is a difference. */
export function interval(mean: number | null, half: number | null, unit: string, isSigned = false): string {
  if (mean === null) return "–";
  const spoken = SPOKEN[unit]?.find(([least]) => Math.max(Math.abs(mean), half ?? 0) >= least);
  const [, divisor, name] = spoken ?? [0, 1, unit];
  return `${around(mean / divisor, half === null ? null : half / divisor, isSigned)}${name === "" ? "" : ` ${name}`}`;
}

/** A mean ± half of its interval, to the digits that the interval leaves: two of the half, and as many decimals of the mean. */
export function around(mean: number, half: number | null, isSigned = false): string {
  const decimals = half === null || half <= 0 || !Number.isFinite(half) ? null : Math.max(0, 1 - Math.floor(Math.log10(half)));
  const fixed = (value: number) => (decimals === null ? tidy(value) : value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  const text = fixed(Math.abs(mean));
  const sign = !/[1-9]/.test(text) ? "" : mean < 0 ? "−" : isSigned ? "+" : "";
  return `${sign}${text}${half === null || half === 0 ? "" : ` ± ${fixed(half)}`}`;
}

/** Two digits for small numbers, which would otherwise look like nothing. */
export function tidy(value: number): string {
  return value !== 0 && Math.abs(value) < 0.1 ? String(Number(value.toPrecision(2))) : show(value);
}
