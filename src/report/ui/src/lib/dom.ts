// Elements made from text only: names in a scenario come from anywhere, so nothing is ever parsed as HTML.

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function svg(tag: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A part of the page with its heading; titles are our own words, so they serve as the id too. */
export function section(title: string, explanation: string, ...children: Node[]): HTMLElement {
  const id = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const heading = element("h2", { id: `${id}-title` }, title);
  const words = explanation ? [element("p", {}, explanation)] : [];
  return element("section", { id, "aria-labelledby": heading.id }, heading, ...words, ...children);
}

/** Adds to the explanation of a section what only a screen can do: paper has nothing to click. */
export function hint(made: HTMLElement, text: string): HTMLElement {
  made.querySelector(":scope > p")?.append(element("span", { class: "screen-only" }, ` ${text}`));
  return made;
}

export function button(text: string, act: () => void, label = ""): HTMLButtonElement {
  const made = element("button", { type: "button" }, text);
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

/** A choice among names, with its label before it. */
export function choice(label: string, options: [string, string][], act: (value: string) => void): { node: HTMLElement; select: HTMLSelectElement } {
  const select = element("select");
  for (const [value, name] of options) select.append(element("option", { value }, name));
  select.addEventListener("change", () => act(select.value));
  return { node: element("label", { class: "choice" }, `${label} `, select), select };
}

/** For tooltips, which the chart library takes as HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
