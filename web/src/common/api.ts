/** The server's API: typed calls that can be stopped, and errors that say what to do. */

import { link } from "./links.ts";

/** An answer that the server refused to give, as RFC 9457 has it. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly code: string,
    readonly detail: string,
    readonly hint: string,
    /** Further members, such as `limit`, `elapsed`, `line`, `column`. */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(title);
  }
}

export type Params = Readonly<Record<string, string | number | undefined>>;

/** Call the server and return the answer when its status says success.
 * @throws ProblemError when the server refuses, is gone, or answers with something that is no problem document
 * @throws DOMException named AbortError when `init.signal` stopped it
 */
export async function call(path: string, init: RequestInit & { params?: Params } = {}): Promise<Response> {
  const { params, ...request } = init;
  let response: Response;
  try {
    response = await fetch(link(path, params), request);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ProblemError(0, "The server does not answer.", "NO-ANSWER", "", "Is it still running? Try again.");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Return the JSON document at a path. */
export async function getJson<T>(path: string, { params, signal }: { params?: Params; signal?: AbortSignal } = {}) {
  const init: RequestInit & { params?: Params } = { headers: { Accept: "application/json" } };
  if (params) init.params = params;
  if (signal) init.signal = signal;
  return (await (await call(path, init)).json()) as T;
}

/** Send a JSON document and return the JSON document that comes back. */
export async function postJson<T>(path: string, body: unknown, { signal }: { signal?: AbortSignal } = {}) {
  const init: RequestInit = {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  if (signal) init.signal = signal;
  return (await (await call(path, init)).json()) as T;
}

/** Tell whether an error only says that we stopped the call ourselves. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Return any error as a problem, to be shown. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(0, "The page made a mistake.", "PAGE", String(error), "Load the page anew.");
}

/** Return the problem that an answer describes. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text();
  const fallback = `The server answered ${response.status} ${response.statusText}.`;
  try {
    const { title, status, code, detail, hint, ...extra } = JSON.parse(text) as Record<string, unknown>;
    return new ProblemError(
      typeof status === "number" ? status : response.status,
      typeof title === "string" ? title : fallback,
      typeof code === "string" ? code : "",
      typeof detail === "string" ? detail : "",
      typeof hint === "string" ? hint : "",
      extra,
    );
  } catch {
    return new ProblemError(response.status, fallback, "", text.slice(0, 500), "");
  }
}

/** Return a function that hands out a signal and stops whatever the signal before it belonged to. */
export function latest(): () => AbortSignal {
  let controller = new AbortController();
  return () => {
    controller.abort();
    controller = new AbortController();
    return controller.signal;
  };
}

/** Return what the template wrote into `<script type="application/json" id="…">`. */
export function pageData<T>(id: string): T | undefined {
  const element = document.getElementById(id);
  return element?.textContent ? (JSON.parse(element.textContent) as T) : undefined;
}

// What the API gives back.

export interface Hit {
  /** Null for a stored query. */
  iri: string | null;
  curie: string | null;
  /** Local name of a term or record, or the name of a stored query. */
  name: string;
  label: string;
  /** The synonym or identifier that matched, when it is not the label. */
  matched?: string | null;
  kind: string;
  definition?: string | null;
  /** Relative to the root. */
  href: string | null;
}

export interface Parameter {
  name: string;
  type: string;
  default: string;
  help: string;
  choices?: { value: string; label: string }[];
}

export interface StoredQuery {
  name: string;
  title: string;
  summary: string;
  tags: string[];
  params: Parameter[];
  columns: { name: string; help: string }[];
  /** With its parameters bound to their defaults. */
  sparql: string;
}

export interface Cell {
  type: "uri" | "literal" | "bnode";
  value: string;
  datatype?: string;
  lang?: string;
  curie?: string;
  label?: string;
  /** Relative to the root; present when the term has a page here. */
  href?: string;
}

export interface StoredRows {
  name: string;
  title: string;
  summary: string;
  columns: { name: string; help: string }[];
  rows: (Cell | null)[][];
  sparql: string;
  notice: string;
}

/** Search terms by label, synonym or identifier. */
export async function search(text: string, { limit = 12, signal }: { limit?: number; signal?: AbortSignal } = {}) {
  const options = signal ? { params: { q: text, limit }, signal } : { params: { q: text, limit } };
  return (await getJson<{ results: Hit[] }>("api/search", options)).results;
}

/** Return label, CURIE and page of each of some IRIs. */
export async function labels(iris: readonly string[], { signal }: { signal?: AbortSignal } = {}) {
  const body = { iris };
  const answer = await postJson<{ labels: Record<string, { curie: string; label?: string; href?: string }> }>(
    "api/labels",
    body,
    signal ? { signal } : {},
  );
  return answer.labels;
}
