// Hook: the names of the IRIs in an answer, first those of the page that is shown, then the others.

import { useEffect, useMemo, useState } from "preact/hooks";
import { learn, type Names, names } from "./labels.ts";
import type { Cell } from "./rdf.ts";

/** Answers that name more identifiers are labelled page by page only. */
const ALL_NAMED = 20_000;

export const NO_NAMES: Names = new Map();
const NO_ROWS: readonly Cell[][] = [];

export type { Names };

export interface Named {
  names: Names;
  /** Counts up whenever further names are known. */
  version: number;
  /** All identifiers of the answer have been asked for, so that rows can be sorted by label. */
  complete: boolean;
  /** There are too many identifiers to ask for all. */
  many: boolean;
}

export function useNames(rows: readonly Cell[][], page: readonly Cell[][], on: boolean): Named {
  const [version, setVersion] = useState(0);
  const [complete, setComplete] = useState(false);
  const all = useMemo(() => (on ? irisIn(rows) : new Set<string>()), [rows, on]);

  useEffect(() => {
    if (!on) return;
    const controller = new AbortController();
    const work = async () => {
      const hasNews = await learn(irisIn(page), controller.signal);
      if (hasNews) setVersion((count) => count + 1);
    };
    work().catch(() => undefined); // without labels the table shows identifiers
    return () => controller.abort();
  }, [page, on]);

  useEffect(() => {
    setComplete(false);
    if (!on || all.size > ALL_NAMED) return;
    const controller = new AbortController();
    const work = async () => {
      await learn(all, controller.signal);
      setVersion((count) => count + 1);
      setComplete(true);
    };
    work().catch(() => undefined);
    return () => controller.abort();
  }, [all, on]);

  return { names: on ? names() : NO_NAMES, version, complete: on && complete, many: all.size > ALL_NAMED };
}

function irisIn(rows: readonly Cell[][]): Set<string> {
  const found = new Set<string>();
  for (const row of rows) for (const cell of row) if (cell?.type === "uri") found.add(cell.value);
  return found;
}

/** The names of all identifiers in some rows. */
export function useNamesOf(rows: readonly Cell[][]): Named {
  return useNames(rows, NO_ROWS, true);
}
