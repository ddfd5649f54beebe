/** The address of the page says which part is shown and what is filtered, so that it can be shared. */

import { useEffect, useState } from "preact/hooks";

export type Filters = Readonly<Record<string, string>>;

/** What the address says, and a way to change it; back and forward work. */
export function useAddress(): readonly [Filters, (change: Filters, options?: { push?: boolean }) => void] {
  const [filters, setFilters] = useState(read);
  useEffect(() => {
    const travel = () => setFilters(read());
    window.addEventListener("popstate", travel);
    return () => window.removeEventListener("popstate", travel);
  }, []);
  const change = (wanted: Filters, { push = false } = {}) => {
    const params = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ""));
    const address = `${window.location.pathname}${params.size ? `?${params}` : ""}`;
    if (push) window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
    setFilters(Object.fromEntries(params));
  };
  return [filters, change];
}

function read(): Filters {
  return Object.fromEntries(new URLSearchParams(window.location.search));
}
