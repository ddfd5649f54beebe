// One run of a query: sent, received piece by piece so that it can be stopped and watched, and read.

import { call, ProblemError } from "../common/api.ts";
import { type Cell, type Rows, readResults, readTriples } from "./rdf.ts";
import { formOf, tokens } from "./sparql.ts";

export type Answer = {
  /** As the server sent it. */
  text: string;
  mediaType: string;
  bytes: number;
  ms: number;
} & ({ kind: "rows" | "triples"; columns: string[]; rows: Cell[][] } | { kind: "truth"; truth: boolean });

export type Run =
  | { state: "running"; query: string; started: number; bytes: number; stop: () => void }
  | { state: "done"; query: string; started: number; answer: Answer }
  | { state: "stopped"; query: string; ms: number }
  | { state: "failed"; query: string; error: unknown; ms: number };

/** Formats of downloads: suffix → media type. */
export const TABLE_FORMATS = {
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/sparql-results+json",
  xml: "application/sparql-results+xml",
} as const;

export const GRAPH_FORMATS = {
  ttl: "text/turtle",
  nt: "application/n-triples",
  jsonld: "application/ld+json",
} as const;

const READABLE = "application/sparql-results+json, application/n-triples;q=0.9";

/** Send a query and return the open answer.
 * @throws ProblemError when the server refuses, is gone, or the text is an update
 */
export function send(query: string, accept: string, signal: AbortSignal): Promise<Response> {
  if (formOf(tokens(query)) === "UPDATE") {
    const hint = "Updates go to the address /update of a server that was started with --writable.";
    throw new ProblemError(0, "This text is an update; the page only asks questions.", "UPDATE", "", hint);
  }
  return call("sparql", { method: "POST", headers: { Accept: accept }, body: new URLSearchParams({ query }), signal });
}

/** Run a query and read its answer; `watch` is told how many bytes have come. */
export async function ask(query: string, signal: AbortSignal, watch: (bytes: number) => void): Promise<Answer> {
  const started = performance.now();
  const response = await send(query, READABLE, signal);
  const { text, bytes } = await received(response, watch);
  const mediaType = (response.headers.get("Content-Type") ?? "").replace(/;.*/, "");
  const read = contents(mediaType, text);
  return { text, mediaType, bytes, ms: performance.now() - started, ...read };
}

function contents(mediaType: string, text: string) {
  if (mediaType === "application/n-triples") return { kind: "triples" as const, ...readTriples(text) };
  const results: Rows | boolean = readResults(text);
  return typeof results === "boolean"
    ? { kind: "truth" as const, truth: results }
    : { kind: "rows" as const, ...results };
}

async function received(response: Response, watch: (bytes: number) => void): Promise<{ text: string; bytes: number }> {
  if (!response.body) return { text: "", bytes: 0 };
  const decoder = new TextDecoder();
  const parts: string[] = [];
  const reader = response.body.getReader();
  let bytes = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    bytes += piece.value.length;
    parts.push(decoder.decode(piece.value, { stream: true }));
    watch(bytes);
  }
  parts.push(decoder.decode());
  return { text: parts.join(""), bytes };
}

/** Say how a run ended, in a few words. */
export function outcomeOf(run: Run): string {
  switch (run.state) {
    case "running":
      return "running";
    case "stopped":
      return "stopped";
    case "failed":
      return run.error instanceof ProblemError ? run.error.title : String(run.error);
    case "done":
      return sizeOf(run.answer);
  }
}

export function sizeOf(answer: Answer): string {
  if (answer.kind === "truth") return answer.truth ? "yes" : "no";
  const [one, many] = answer.kind === "rows" ? ["row", "rows"] : ["triple", "triples"];
  return `${answer.rows.length.toLocaleString("en")} ${answer.rows.length === 1 ? one : many}`;
}

export function seconds(ms: number): string {
  return ms < 995 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
}

export function bytesIn(words: number): string {
  if (words < 1000) return `${words} bytes`;
  return words < 1e6 ? `${Math.round(words / 1000)} kB` : `${(words / 1e6).toFixed(1)} MB`;
}
