/** What the server says of a draft while it is typed. */

import { createContext } from "preact";
import type { Derived, Fact } from "../answer/types.ts";

/** Something in the draft that is not understood. */
export interface Mistake {
  readonly key: string | null;
  readonly where: string | null;
  readonly message: string;
  readonly hint: string | null;
}

export interface Notes {
  readonly derived: readonly Derived[];
  readonly contradiction: readonly Fact[];
  readonly errors: readonly Mistake[];
}

export const NO_NOTES: Notes = { derived: [], contradiction: [], errors: [] };

/** What is said at each field: the notes, and how many open statements the field would help to decide. */
export interface FieldSayings {
  readonly notes: Notes;
  readonly decides: ReadonlyMap<string, number>;
  /** Name of a feature as people read it. */
  readonly nameOf: (key: string) => string;
}

export const Sayings = createContext<FieldSayings>({ notes: NO_NOTES, decides: new Map(), nameOf: (key) => key });

/** The key of the feature at the start of a place such as `metastases[0]`. */
export function keyOfPath(path: string): string {
  return path.match(/^[\w]+/)?.[0] ?? path;
}
