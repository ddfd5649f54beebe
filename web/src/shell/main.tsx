import "../common/tokens.css";
import "../common/base.css";
import "../common/parts.css";
import { mount } from "../common/mount.ts";
import { TermSearch } from "../common/search.tsx";

// The search in the head of every page; without scripts the plain form in the template does the same.
mount("top-search", (place) => (
  <TermSearch label="Search terms" placeholder="Search  ( / )" limit={10} value={place.dataset.value ?? ""} />
));

// "/" leads to the search: the large one of the home page if it is there, else the one in the head.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (target.closest("input, textarea, select, [contenteditable]")) return;
  const field =
    document.querySelector<HTMLInputElement>("#home-search input") ??
    document.querySelector<HTMLInputElement>("#top-search input");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
