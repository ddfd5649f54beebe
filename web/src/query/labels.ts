// Labels of the IRIs in an answer, asked for in batches: first those on the page that is shown.

import { labels } from "../common/api.ts";

export interface Name {
  curie: string;
  label?: string;
  /** Relative to the root; present when the term has a page here. */
  href?: string;
}

export type Names = ReadonlyMap<string, Name>;

const BATCH = 500;

/** What has been learnt since the page was opened; a label does not change within one release. */
const known = new Map<string, Name>();

/** Return the names that are known already. */
export function names(): Names {
  return known;
}

/** Learn the names of further IRIs; true when something was learnt. */
export async function learn(iris: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
  const unknown = [...iris].filter((iri) => !known.has(iri));
  for (let start = 0; start < unknown.length; start += BATCH) {
    const batch = unknown.slice(start, start + BATCH);
    const found = await labels(batch, { signal });
    for (const iri of batch) known.set(iri, found[iri] ?? { curie: iri });
  }
  return unknown.length > 0;
}
