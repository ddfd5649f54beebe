// Results as the page holds them: columns and rows of RDF terms, read from SPARQL JSON results or N-Triples.

export interface Term {
  type: "uri" | "literal" | "bnode" | "triple";
  /** IRI, text of a literal, or label of a blank node; a triple as it is written. */
  value: string;
  datatype?: string;
  language?: string;
}

export type Cell = Term | null;

export interface Rows {
  columns: string[];
  rows: Cell[][];
}

export type ColumnKind = "number" | "date" | "iri" | "text" | "empty";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const NUMBERS = new Set(
  [
    "integer decimal double float int long short byte nonNegativeInteger positiveInteger nonPositiveInteger",
    "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte",
  ]
    .join(" ")
    .split(" ")
    .map((name) => XSD + name),
);
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));

interface JsonTerm {
  type: string;
  value: unknown;
  datatype?: string;
  "xml:lang"?: string;
}

interface JsonTriple {
  subject: JsonTerm;
  predicate: JsonTerm;
  object: JsonTerm;
}

interface JsonResults {
  head?: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, JsonTerm>[] };
}

/** Return the rows, or the truth value, of a SPARQL JSON results document. */
export function readResults(text: string): Rows | boolean {
  const found = JSON.parse(text) as JsonResults;
  if (typeof found.boolean === "boolean") return found.boolean;
  const columns = found.head?.vars ?? [];
  const rows = (found.results?.bindings ?? []).map((binding) =>
    columns.map((column) => {
      const term = binding[column];
      return term ? readTerm(term) : null;
    }),
  );
  return { columns, rows };
}

function readTerm(term: JsonTerm): Term {
  if (term.type === "triple") {
    const { subject, predicate, object } = term.value as JsonTriple;
    const parts = [subject, predicate, object].map((part) => written(readTerm(part)));
    return { type: "triple", value: `<<( ${parts.join(" ")} )>>` };
  }
  const value = String(term.value);
  if (term.type === "uri" || term.type === "bnode") return { type: term.type, value };
  return literal(value, term.datatype, term["xml:lang"]);
}

function literal(value: string, datatype?: string, language?: string): Term {
  return { type: "literal", value, ...(datatype ? { datatype } : {}), ...(language ? { language } : {}) };
}

const LINE_TERM =
  /\s*(?:<(?<iri>(?:[^>\\]|\\.)*)>|_:(?<bnode>[^\s.]+(?:\.[^\s.]+)*)|"(?<text>(?:[^"\\]|\\.)*)"(?:\^\^<(?<datatype>[^>]*)>|@(?<language>[A-Za-z0-9-]+))?)/uy;

/** Return the triples of an N-Triples document as rows of three columns; quoted triples are kept as text. */
export function readTriples(text: string): Rows {
  const rows: Cell[][] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const terms: Term[] = [];
    LINE_TERM.lastIndex = 0;
    for (let match = LINE_TERM.exec(line); match; match = LINE_TERM.exec(line))
      terms.push(lineTerm(match.groups ?? {}));
    if (terms.length === 3) rows.push(terms);
    else rows.push([{ type: "triple", value: line.trim() }, null, null]);
  }
  return { columns: ["subject", "predicate", "object"], rows };
}

function lineTerm(groups: Record<string, string | undefined>): Term {
  if (groups.iri !== undefined) return { type: "uri", value: unescaped(groups.iri) };
  if (groups.bnode !== undefined) return { type: "bnode", value: groups.bnode };
  return literal(unescaped(groups.text ?? ""), groups.datatype, groups.language);
}

const ESCAPES: Record<string, string> = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, letter) =>
    letter ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}

/** Return a term as it is written in Turtle, with full IRIs. */
export function written(term: Term): string {
  if (term.type === "uri") return `<${term.value}>`;
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") return term.value;
  const text = JSON.stringify(term.value);
  if (term.language) return `${text}@${term.language}`;
  return term.datatype && term.datatype !== `${XSD}string` ? `${text}^^<${term.datatype}>` : text;
}

export function isNumber(cell: Cell): boolean {
  return cell?.type === "literal" && cell.datatype !== undefined && NUMBERS.has(cell.datatype);
}

export function isDate(cell: Cell): boolean {
  return cell?.type === "literal" && cell.datatype !== undefined && DATES.has(cell.datatype);
}

/** Return what all filled cells of a column are. */
export function kindOf(rows: readonly Cell[][], column: number): ColumnKind {
  const filled = rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
  if (filled.length === 0) return "empty";
  if (filled.every(isNumber)) return "number";
  if (filled.every(isDate)) return "date";
  return filled.every((cell) => cell.type === "uri") ? "iri" : "text";
}

/** Return the name of a datatype worth showing: not that of plain text. */
export function datatypeOf(term: Term): string {
  const { datatype } = term;
  return !datatype || datatype === `${XSD}string` || datatype === `${RDF}langString` ? "" : datatype;
}
