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
  const latest = useRef(work); // what is opened may have been waited for, while tabs came and went
  latest.current = work;
  useEffect(() => {
    const timer = setTimeout(() => keepWork(work), PAUSE);
    const now = () => keepWork(work);
    window.addEventListener("pagehide", now);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", now);
    };
  }, [work]);

  const tab = work.tabs.find((one) => one.id === work.active) ?? work.tabs[0] ?? newTab([]);
  return {
    tabs: work.tabs,
    tab,
    choose: (active) => setWork((old) => ({ ...old, active })),
    open: (part) => {
      const { tabs: now } = latest.current;
      const same = now.find((one) => one.query === part.query);
      const opened = same ?? newTab(now, part);
      setWork((old) => ({ tabs: same ? old.tabs : [...old.tabs, opened], active: opened.id }));
      return opened.id;
    },
    change: (id, part) =>
      setWork((old) => ({ ...old, tabs: old.tabs.map((one) => (one.id === id ? { ...one, ...part } : one)) })),
    close: (id) => setWork((old) => without(old, id)),
  };
}

function without(work: Work, id: string): Work {
  const place = work.tabs.findIndex((tab) => tab.id === id);
  const left = work.tabs.filter((tab) => tab.id !== id);
  const tabs = left.length > 0 ? left : [newTab([])];
  const neighbour = tabs[Math.min(place, tabs.length - 1)] as Tab;
  return { tabs, active: work.active === id ? neighbour.id : work.active };
}
