// The forms of the policies: which one decides, and its parameters, from the catalogue of the server.

import { element, section } from "../lib/dom";
import { decisionName, parameterLabel, policyName } from "../lib/labels";
import type { Decisions, PolicyChoice } from "./api";
import { definitionAt, fields, type Field } from "./form";
import { tableOf, textOf } from "./json";
import { sheet, type Desk } from "./sheet";

/** Keys of a choice that are no field of a form: the name has its own, a plugin and its limits stay in the file. */
const NOT_FIELDS = ["name", "plugin"];
/** The policy that follows a file, and the key that names that file. */
const [PLANNED, FILE] = ["schedule", "csv"];

/** The policy that a draft has for a decision: a name, or the file of a plugin. */
export function chosenPolicy(desk: Pick<Desk, "editing">, { setting, default: usual }: Decisions): string {
  const now = desk.editing.value(setting);
  if (typeof now === "string") return now;
  return textOf(desk.editing.value(`${setting}.plugin`)) || textOf(desk.editing.value(`${setting}.name`)) || usual;
}

/** What is decided in the scenario that is open. */
export const decidedIn = ({ editing, workspace }: Pick<Desk, "editing" | "workspace">): Decisions[] => workspace.decisions.filter(({ setting }) => editing.decisions.includes(setting));

/** A choice of policies by their names for people; those that only measure others come last. */
export function policyOptions(policies: PolicyChoice[]): HTMLElement[] {
  const option = ({ name }: PolicyChoice) => element("option", { value: name }, policyName(name));
  const floors = policies.filter(({ is_floor }) => is_floor);
  const rest = policies.filter(({ is_floor }) => !is_floor).map(option);
  return floors.length === 0 ? rest : [...rest, element("optgroup", { label: "To measure others against" }, ...floors.map(option))];
}

/** A sentence of the catalogue without its code names. */
export function aboutPolicy({ about, parameters }: PolicyChoice): string {
  const plain = parameters.reduce((text, { name }) => text.replaceAll(`\`${name}\``, parameterLabel(name).text.toLowerCase()), about);
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}

function parameterField({ name, default: usual, least, most, is_whole }: PolicyChoice["parameters"][number]): Field {
  const { text, unit } = parameterLabel(name);
  return { key: name, label: text, unit, about: "", kind: is_whole ? "integer" : "number", choices: [], least, most, isNeeded: false, default: usual };
}

/** One decision: who takes it, what that policy does, and its parameters. */
function decision(desk: Desk, known: Decisions): HTMLElement {
  const { editing, schema } = desk;
  const { setting, policies } = known;
  const name = chosenPolicy(desk, known);
  const policy = policies.find((it) => it.name === name);
  const select = element("select", { id: `field:${setting}.name` }, ...policyOptions(policies));
  if (!policy) select.append(element("option", { value: name }, `${name} (plugin)`));
  select.value = name;
  select.addEventListener("change", () => {
    editing.choosePolicy(setting, select.value);
    desk.restructure(select.id);
  });
  const title = decisionName(setting);
  const parts: HTMLElement[] = [element("div", { class: "form" }, element("label", { for: select.id }, "Policy"), element("span", { class: "value wide" }, select), element("span"), element("span", { class: "about" }, policy ? aboutPolicy(policy) : "A plugin of the scenario."), element("span", { class: "wrong", id: `${select.id}:wrong` }))];
  if (policy && policy.parameters.length > 0) parts.push(sheet(desk, `${setting}.params`, policy.parameters.map(parameterField), tableOf(editing.value(`${setting}.params`))));
  const isOfPolicy = (key: string) => !NOT_FIELDS.includes(key) && (key !== FILE || name === PLANNED);
  const more = fields(schema, definitionAt(schema, setting)).filter(({ key }) => isOfPolicy(key));
  const values = tableOf(editing.value(setting));
  const [own, rest] = [more.filter(({ key }) => key === FILE), more.filter(({ key }) => key !== FILE)];
  if (own.length > 0) parts.push(sheet(desk, setting, own, values));
  if (rest.length > 0) parts.push(element("details", { id: `more:${setting}` }, element("summary", {}, "What it knows"), sheet(desk, setting, rest, values)));
  return section(title, `Decides ${known.decides}.`, ...parts);
}

export function policySections(desk: Desk): HTMLElement[] {
  const all = decidedIn(desk).map((known) => decision(desk, known));
  return all.length > 0 ? all : [element("p", {}, desk.editing.problems.length > 0 ? "Fix the errors first: then it shows what is decided." : "No policy decides anything in this scenario.")];
}
