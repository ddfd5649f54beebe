// What the browser keeps between visits: the open tabs and the last runs. Nothing of it leaves the browser.

import { root } from "../common/links.ts";

export interface Tab {
  id: string;
  title: string;
  query: string;
  /** Counts how often the page, not the reader, has written the query. */
  revision?: number;
  /** The stored query that it came from, with the values of its parameters. */
  stored?: { name: string; values: Record<string, string> };
}

export interface Work {
  tabs: Tab[];
  /** Id of the tab that is shown. */
  active: string;
}

export interface PastRun {
  /** Time of the run, in ISO form. */
  at: string;
  title: string;
  query: string;
  /** How it ended, in words: "12 rows", "stopped", the title of a problem. */
  outcome: string;
  ms: number;
}

const PAST_RUNS = 60;
const FIRST_QUERY = `PREFIX net: <https://w3id.org/net-kg/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
# Which trials does the graph hold, and what are they called?
SELECT ?trial ?label WHERE {
  ?trial a net:ClinicalTrial ;
         rdfs:label ?label .
}
ORDER BY ?label
`;

// Two servers under one host, at different paths, keep their own.
const key = (name: string) => `netkg ${root.pathname} ${name}`;

export function newTab(tabs: readonly Tab[], part: Partial<Tab> = {}): Tab {
  const taken = new Set(tabs.map((tab) => tab.title));
  let number = tabs.length + 1;
  while (taken.has(`Query ${number}`)) number += 1;
  const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  return { title: `Query ${number}`, query: FIRST_QUERY, ...part, id };
}

export function readWork(): Work {
  const kept = read<Work>("tabs");
  if (kept?.tabs?.length && kept.tabs.some((tab) => tab.id === kept.active)) return kept;
  const tab = newTab([]);
  return { tabs: [tab], active: tab.id };
}

export function keepWork(work: Work): void {
  write("tabs", work);
}

export function readPast(): PastRun[] {
  return read<PastRun[]>("runs") ?? [];
}

/** Return the runs with one more at the top, and keep them; the same query is listed once. */
export function keepRun(past: readonly PastRun[], run: PastRun): PastRun[] {
  const runs = [run, ...past.filter((other) => other.query !== run.query)].slice(0, PAST_RUNS);
  write("runs", runs);
  return runs;
}

export function forgetRuns(): PastRun[] {
  write("runs", []);
  return [];
}

function read<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key(name)) ?? "null") as T | null;
  } catch {
    return null; // storage is switched off, or holds something else
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the page works, it only forgets.
  }
}
