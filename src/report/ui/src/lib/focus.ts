// Keeps the focus where it was while parts of the page are made again.

/** Does something that replaces elements; the focus goes to the element that has the same id afterwards, or to `fallback`. */
export function keepFocus(work: () => void, fallback = ""): void {
  const had = document.activeElement;
  const id = had && had !== document.body ? had.id : "";
  const range = had instanceof HTMLInputElement && had.type === "text" ? ([had.selectionStart, had.selectionEnd] as const) : null;
  work();
  if (!had || had === document.body || had.isConnected) return;
  const found = (id !== "" ? document.getElementById(id) : null) ?? (fallback !== "" ? document.getElementById(fallback) : null);
  if (!found) return;
  found.focus({ preventScroll: true });
  if (range && found instanceof HTMLInputElement && found.id === id) found.setSelectionRange(range[0], range[1]);
}
