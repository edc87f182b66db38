// Where places lie on a flat map.

/** East and south of the middle of all of them, in degrees of latitude. Good for the size of a region. */
export function offsets(places: { lat: number; lon: number }[]): [number, number][] {
  const lats = places.map((place) => place.lat);
  const lons = places.map((place) => place.lon);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  return places.map((place) => [(place.lon - (west + east) / 2) * squeeze, (south + north) / 2 - place.lat]);
}
