import { useState } from "preact/hooks";
import { ProblemBox } from "../common/problem.tsx";
import { Keys } from "./keys.tsx";
import { Library } from "./library.tsx";
import type { Opening, Shelf } from "./opening.ts";
import { Past } from "./past.tsx";
import type { Runs } from "./runs.ts";
import type { Tabs } from "./state.ts";
import { TabRow, tabId } from "./tabs.tsx";

type Part = "examples" | "history" | "keys";

const PARTS: { name: Part; title: string; panel: string }[] = [
  { name: "examples", title: "Examples", panel: "side-panel" },
  { name: "history", title: "History", panel: "side-panel" },
  { name: "keys", title: "Keys", panel: "side-panel" },
];

interface Properties {
  tabs: Tabs;
  runs: Runs;
  shelf: Shelf;
  opening: Opening;
}

/** Beside the editor: the library, the last runs, the keys. */
export function Side({ tabs, runs, shelf, opening }: Properties) {
  const [part, setPart] = useState<Part>("examples");
  return (
    <aside class="side" aria-label="Examples, history and keys">
      <TabRow label="Beside the editor" items={PARTS} active={part} onChoose={setPart} />
      <div
        id="side-panel"
        class="side-panel"
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-labelledby={tabId(part)}
      >
        {part === "examples" && (
          <Library queries={shelf.queries} themes={shelf.themes} onOpen={({ name }) => opening.open(name, {}, false)} />
        )}
        {part === "examples" && shelf.error ? (
          <ProblemBox error={shelf.error} heading="The examples could not be loaded" />
        ) : null}
        {part === "history" && (
          <Past runs={runs.past} onRestore={({ query, title }) => tabs.open({ query, title })} onForget={runs.forget} />
        )}
        {part === "keys" && <Keys />}
      </div>
    </aside>
  );
}
