import type { Cell } from "../common/api.ts";
import { fromRoot } from "../common/links.ts";
import { words } from "./rows.ts";

/** A cell as text, linked to its page here or to the web address that it is. */
export function CellLink({ cell, text }: { readonly cell: Cell | null | undefined; readonly text?: string }) {
  const shown = text ?? words(cell);
  if (cell?.type !== "uri") return shown;
  if (cell.href) return <a href={fromRoot(cell.href)}>{shown}</a>;
  return /^https?:/.test(cell.value) ? <a href={cell.value}>{shown}</a> : shown;
}
