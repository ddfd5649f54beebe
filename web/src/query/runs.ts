// Hook: the runs of all tabs; each tab has at most one at a time.

import { useRef, useState } from "preact/hooks";
import { isAbort } from "../common/api.ts";
import { forgetRuns, keepRun, type PastRun, readPast } from "./keep.ts";
import { ask, outcomeOf, type Run } from "./run.ts";

const STEP = 150; // milliseconds between two looks at what has come

export interface Runs {
  of: (tab: string) => Run | undefined;
  start: (tab: string, title: string, query: string) => void;
  past: readonly PastRun[];
  forget: () => void;
  /** What the last run that ended came to, for those who listen. */
  said: string;
}

export function useRuns(): Runs {
  const [runs, setRuns] = useState<Readonly<Record<string, Run>>>({});
  const [past, setPast] = useState<PastRun[]>(readPast);
  const [said, setSaid] = useState("");
  const current = useRef(runs);
  current.current = runs;

  const start = async (tab: string, title: string, query: string) => {
    const before = current.current[tab];
    if (before?.state === "running") before.stop();
    const controller = new AbortController();
    const started = performance.now();
    const running: Run = { state: "running", query, started, bytes: 0, stop: () => controller.abort() };
    const show = (run: Run) => {
      current.current = { ...current.current, [tab]: run };
      setRuns(current.current);
    };
    show(running);
    setSaid("The query is running.");
    let seen = started;
    const watch = (bytes: number) => {
      if (performance.now() - seen < STEP) return;
      seen = performance.now();
      show({ ...running, bytes });
    };
    const run = await ended(query, controller.signal, started, watch);
    const now = current.current[tab];
    if (now?.state === "running" && now.started !== started) return; // another run of the tab has begun since
    show(run);
    const ms = performance.now() - started;
    setPast((old) => keepRun(old, { at: new Date().toISOString(), title, query, outcome: outcomeOf(run), ms }));
    setSaid(spoken(run));
  };
  return { of: (tab) => runs[tab], start, past, forget: () => setPast(forgetRuns()), said };
}

async function ended(
  query: string,
  signal: AbortSignal,
  started: number,
  watch: (bytes: number) => void,
): Promise<Run> {
  try {
    return { state: "done", query, started, answer: await ask(query, signal, watch) };
  } catch (error) {
    const ms = performance.now() - started;
    return isAbort(error) ? { state: "stopped", query, ms } : { state: "failed", query, error, ms };
  }
}

function spoken(run: Run): string {
  if (run.state === "stopped") return "The query was stopped.";
  return run.state === "failed" ? `The query gave no answer: ${outcomeOf(run)}` : `Answer: ${outcomeOf(run)}.`;
}
