// Where places lie on a flat map.

export const KM_A_DEGREE = 111.2;

/** Degrees of latitude east and south of the middle of some places. Good for the size of a region. */
export interface Flat {
  spot: (lat: number, lon: number) => [number, number];
}

export function flat(places: { lat: number; lon: number }[]): Flat {
  const [lats, lons] = [places.map((place) => place.lat), places.map((place) => place.lon)];
  const middle = (values: number[]) => (values.length === 0 ? 0 : (Math.min(...values) + Math.max(...values)) / 2);
  const [lat0, lon0] = [middle(lats), middle(lons)];
  const squeeze = Math.cos((lat0 * Math.PI) / 180);
  return { spot: (lat, lon) => [(lon - lon0) * squeeze, lat0 - lat] };
}

/** A round length that takes about `most` pixels, where a km takes `pixels`. */
export function roundLength(pixels: number, most: number): { km: number; text: string; width: number } {
  const exact = most / pixels;
  const power = 10 ** Math.floor(Math.log10(exact));
  const km = ([5, 2, 1].find((step) => step * power <= exact) ?? 1) * power;
  return { km, text: km >= 1 ? `${km} km` : `${Math.round(km * 1000)} m`, width: km * pixels };
}
