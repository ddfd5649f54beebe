import type { ComponentChild } from "preact";
import { render } from "preact";

/** Draw into the element of that id, in place of what the template put there; nothing happens when there is none. */
export function mount(id: string, view: (element: HTMLElement) => ComponentChild): void {
  const element = document.getElementById(id);
  if (!element) return;
  const drawn = view(element);
  element.replaceChildren();
  render(drawn, element);
  element.hidden = false;
}
