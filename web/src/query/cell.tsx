import { fromRoot } from "../common/links.ts";
import type { Names } from "./labels.ts";
import { type Cell, datatypeOf, isNumber } from "./rdf.ts";

/** One cell: label and CURIE with a link, or the text; `focusable` puts its link into the order of the Tab key. */
export function CellView({ cell, names, focusable = true }: { cell: Cell; names: Names; focusable?: boolean }) {
  if (!cell) return null;
  if (cell.type === "uri") return <Identifier iri={cell.value} names={names} focusable={focusable} />;
  if (cell.type === "bnode") return <span class="curie">_:{cell.value}</span>;
  if (cell.type === "triple") return <code>{cell.value}</code>;
  const datatype = isNumber(cell) ? "" : datatypeOf(cell);
  return (
    <span class="literal" title={datatype || undefined}>
      {cell.value}
      {cell.language && cell.language !== "en" && <span class="curie"> @{cell.language}</span>}
    </span>
  );
}

function Identifier({ iri, names, focusable }: { iri: string; names: Names; focusable: boolean }) {
  const name = names.get(iri);
  const target = name?.href ? fromRoot(name.href) : /^https?:/i.test(iri) ? iri : ""; // no link may run a script
  const place = focusable ? undefined : -1;
  const text = name?.label || name?.curie || iri;
  return (
    <>
      {target ? (
        <a href={target} tabIndex={place} title={iri} {...(name?.href ? {} : { rel: "noopener noreferrer external" })}>
          {text}
        </a>
      ) : (
        <span>{text}</span>
      )}
      {name?.label && name.curie !== name.label && <span class="curie cell-curie">{name.curie}</span>}
    </>
  );
}
