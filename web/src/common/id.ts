import { useState } from "preact/hooks";

let last = 0;

/** Return an id that no other part of the page has. (Preact's own `useId` repeats itself in each place that is drawn into.) */
export function useOwnId(prefix: string): string {
  const [id] = useState(() => {
    last += 1;
    return `${prefix}-${last}`;
  });
  return id;
}
