// Asks a person for a few words in a window of its own.

import { element } from "../lib/dom";

export interface Question {
  name: string;
  label: string;
  value: string;
  about?: string;
  /** Says what is wrong, or nothing. */
  check?: (text: string) => string;
}

/** What was entered, by name; null where it was cancelled. */
export function ask(title: string, questions: Question[], act: string): Promise<Record<string, string> | null> {
  const heading = element("h2", { id: "dialog-title" }, title);
  const dialog = element("dialog", { "aria-labelledby": heading.id });
  const form = element("form", { method: "dialog" }, heading);
  const inputs = questions.map((question) => {
    const id = `ask:${question.name}`;
    const input = element("input", { id, name: question.name, value: question.value, autocomplete: "off", "aria-describedby": `${id}:about` });
    const about = element("p", { class: "legend", id: `${id}:about` }, question.about ?? "");
    form.append(element("label", { for: id }, question.label), input, about);
    return { question, input, about };
  });
  const accept = element("button", { type: "submit", class: "main" }, act);
  const cancel = element("button", { type: "button" }, "Cancel");
  form.append(element("div", { class: "bar" }, accept, cancel));
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer: Record<string, string> | null = null;
    form.addEventListener("submit", (event) => {
      const wrong = inputs.find(({ question, input, about }) => {
        const message = question.check?.(input.value.trim()) ?? "";
        about.textContent = message === "" ? (question.about ?? "") : message;
        about.classList.toggle("wrong", message !== "");
        return message !== "";
      });
      if (wrong) {
        event.preventDefault();
        wrong.input.focus();
        return;
      }
      answer = Object.fromEntries(inputs.map(({ question, input }) => [question.name, input.value.trim()]));
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    inputs[0]?.input.select();
  });
}

/** What a window asks: its fields, and what they come to, or what is wrong with them. */
export interface Form<T> {
  title: string;
  fields: (HTMLElement | string)[];
  act: string;
  read: () => T | string;
}

/** Asks with fields of one's own; null where it was cancelled. What is wrong is told in the window. */
export function askFor<T extends object>({ title, fields, act, read }: Form<T>): Promise<T | null> {
  const heading = element("h2", { id: "dialog-title" }, title);
  const dialog = element("dialog", { class: "wide", "aria-labelledby": heading.id });
  const wrong = element("p", { class: "wrong", role: "alert" });
  const accept = element("button", { type: "submit", class: "main" }, act);
  const cancel = element("button", { type: "button" }, "Cancel");
  const form = element("form", { method: "dialog" }, heading, ...fields, wrong, element("div", { class: "bar" }, accept, cancel));
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer: T | null = null;
    form.addEventListener("submit", (event) => {
      const found = read();
      wrong.textContent = typeof found === "string" ? found : "";
      if (typeof found === "string") event.preventDefault();
      else answer = found;
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
  });
}
