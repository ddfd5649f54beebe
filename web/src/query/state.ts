// Hook: the tabs and what can be done with them.

import { useEffect, useRef, useState } from "preact/hooks";
import { keepWork, newTab, readWork, type Tab, type Work } from "./keep.ts";

const PAUSE = 300; // milliseconds without a key before the tabs are written down

export interface Tabs {
  tabs: readonly Tab[];
  tab: Tab;
  choose: (id: string) => void;
  /** Open a tab, or go to one that holds the very same query; returns its id. */
  open: (part: Partial<Tab>) => string;
  change: (id: string, part: Partial<Tab>) => void;
  close: (id: string) => void;
}

export function useTabs(): Tabs {
  const [work, setWork] = useState<Work>(readWork);
  // Holds what the next drawing will show: what is opened may have been waited for while tabs came and went, and a page
  // that is left at once keeps its last change too.
  const latest = useRef(work);
  const update = (change: (old: Work) => Work) => {
    latest.current = change(latest.current);
    setWork(latest.current);
  };
  useEffect(() => {
    const timer = setTimeout(() => keepWork(work), PAUSE);
    return () => clearTimeout(timer);
  }, [work]);
  useEffect(() => {
    const now = () => keepWork(latest.current);
    window.addEventListener("pagehide", now);
    return () => window.removeEventListener("pagehide", now);
  }, []);

  const tab = work.tabs.find((one) => one.id === work.active) ?? work.tabs[0] ?? newTab([]);
  return {
    tabs: work.tabs,
    tab,
    choose: (active) => update((old) => ({ ...old, active })),
    open: (part) => {
      const { tabs: now } = latest.current;
      const same = now.find((one) => one.query === part.query);
      const opened = same ?? newTab(now, part);
      update((old) => ({ tabs: same ? old.tabs : [...old.tabs, opened], active: opened.id }));
      return opened.id;
    },
    change: (id, part) =>
      update((old) => ({ ...old, tabs: old.tabs.map((one) => (one.id === id ? { ...one, ...part } : one)) })),
    close: (id) => update((old) => without(old, id)),
  };
}

function without(work: Work, id: string): Work {
  const place = work.tabs.findIndex((tab) => tab.id === id);
  const left = work.tabs.filter((tab) => tab.id !== id);
  const tabs = left.length > 0 ? left : [newTab([])];
  const neighbour = tabs[Math.min(place, tabs.length - 1)] as Tab;
  return { tabs, active: work.active === id ? neighbour.id : work.active };
}
