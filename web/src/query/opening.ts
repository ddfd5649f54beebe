// Hooks: the stored queries, and opening queries: examples, links, other values.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call, getJson, type StoredQuery } from "../common/api.ts";
import { link } from "../common/links.ts";
import type { Theme } from "./library.tsx";
import type { Runs } from "./runs.ts";
import { clearLink, type Linked, readLink } from "./share.ts";
import type { Tabs } from "./state.ts";
import { shortened } from "./vocabulary.ts";

export interface Opening {
  /** Open a stored query in a tab. */
  open: (name: string, values: Record<string, string>, andRun: boolean) => void;
  /** Write other values into the query of the tab that is shown, and run it. */
  rebind: (name: string, values: Record<string, string>) => void;
  /** The tab that is shown holds a stored query as it stands in the library, with the tab's values. */
  unchanged: boolean;
  /** What went wrong with the last opening. */
  trouble: unknown;
}

export function useOpening(tabs: Tabs, runs: Runs): Opening {
  const [trouble, setTrouble] = useState<unknown>(null);
  const bound = useRef(new Map<string, string>());
  const { tab } = tabs;

  const bind = async (name: string, values: Record<string, string>) => {
    const query = await textOf(name, values);
    bound.current.set(keyOf(name, values), query);
    return query;
  };
  const attempt = async (work: () => Promise<void>) => {
    setTrouble(null);
    await work().catch(setTrouble);
  };
  const open = (name: string, values: Record<string, string>, andRun: boolean) =>
    attempt(async () => {
      const query = await bind(name, values);
      const title = (await readLibrary()).find((one) => one.name === name)?.title ?? name;
      const id = tabs.open({ title, query, stored: { name, values } });
      if (andRun) runs.start(id, title, query);
    });
  const rebind = (name: string, values: Record<string, string>) =>
    attempt(async () => {
      const query = await bind(name, values);
      tabs.change(tab.id, { query, revision: (tab.revision ?? 0) + 1, stored: { name, values } });
      runs.start(tab.id, tab.title, query);
    });

  useLinks((given) => {
    if (given.stored) return open(given.stored, given.values, given.run);
    const id = tabs.open({ query: given.query });
    if (given.run) runs.start(id, "Linked query", given.query);
    return undefined;
  });
  const { stored, query } = tab;
  const unchanged = stored !== undefined && bound.current.get(keyOf(stored.name, stored.values)) === query;
  return { open, rebind, unchanged, trouble };
}

function keyOf(name: string, values: Record<string, string>): string {
  return name + JSON.stringify(values);
}

export interface Shelf {
  queries: readonly StoredQuery[];
  themes: readonly Theme[];
  error: unknown;
}

/** The stored queries and their themes, once they have come. */
export function useLibrary(): Shelf {
  const [queries, setQueries] = useState<StoredQuery[]>([]);
  const [themes, setThemes] = useState<Theme[]>([]);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    readLibrary().then(setQueries, setError);
    getJson<{ themes: Theme[] }>("api/overview").then((found) => setThemes(found.themes), setError);
  }, []);
  return { queries, themes, error };
}

let reading: Promise<StoredQuery[]> | undefined;

/** Ask for the stored queries, once. */
function readLibrary(): Promise<StoredQuery[]> {
  reading ??= getJson<StoredQuery[]>("api/query");
  return reading;
}

/** Return the text of a stored query with values in place of its parameters. */
async function textOf(name: string, values: Record<string, string>): Promise<string> {
  const path = link(`query/${encodeURIComponent(name)}.rq`, values);
  return shortened(await (await call(path, { headers: { Accept: "application/sparql-query" } })).text());
}

/** Open what the page's address asks for, now and whenever a link to this page is followed. */
function useLinks(open: (given: Linked) => void): void {
  const latest = useRef(open);
  latest.current = open;
  const look = useCallback(async () => {
    const given = await readLink();
    if (!given) return;
    clearLink();
    latest.current(given);
  }, []);
  useEffect(() => {
    look();
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, [look]);
}
