import type { PastRun } from "./keep.ts";
import { seconds } from "./run.ts";

interface Properties {
  runs: readonly PastRun[];
  onRestore: (run: PastRun) => void;
  onForget: () => void;
}

/** The last runs, each to be opened again. */
export function Past({ runs, onRestore, onForget }: Properties) {
  if (runs.length === 0)
    return <p class="soft small">Queries that you run are listed here. The list stays in this browser.</p>;
  return (
    <div class="stack-s">
      <ol class="plain-list past">
        {runs.map((run) => (
          <li key={run.at}>
            <button type="button" class="example" onClick={() => onRestore(run)} title={run.query}>
              {run.title}
              <span class="tiny soft number">
                {new Date(run.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })} · {run.outcome}{" "}
                · {seconds(run.ms)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <button type="button" class="button" onClick={onForget}>
        Clear the list
      </button>
    </div>
  );
}
