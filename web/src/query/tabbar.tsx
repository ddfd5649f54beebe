import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../common/icons.tsx";
import type { Runs } from "./runs.ts";
import type { Tabs } from "./state.ts";
import { TabRow } from "./tabs.tsx";

/** The open queries: choose, add, rename, close. */
export function TabBar({ tabs, runs }: { tabs: Tabs; runs: Runs }) {
  const { tab } = tabs;
  const [renaming, setRenaming] = useState(false);
  const [returns, setReturns] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  const back = () => setReturns((count) => count + 1);

  // The part that had the focus is gone: it returns to the tab that is shown now.
  useEffect(() => {
    if (returns > 0) bar.current?.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
  }, [returns]);

  const close = () => {
    const run = runs.of(tab.id);
    if (run?.state === "running") run.stop();
    tabs.close(tab.id);
    back();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Delete") close();
    if (event.key === "F2") setRenaming(true);
  };
  const items = tabs.tabs.map(({ id, title }) => ({
    name: id,
    title: runs.of(id)?.state === "running" ? `${title} …` : title,
    panel: "tab-panel",
  }));
  return (
    <div class="tab-bar" ref={bar}>
      <TabRow
        label="Open queries"
        items={items}
        active={tab.id}
        onChoose={tabs.choose}
        onKey={press}
        onDoubleClick={() => setRenaming(true)}
      />
      <span class="tab-tools">
        <button type="button" class="button" onClick={() => tabs.open({})} aria-label="New query" title="New query">
          <Icon name="add" />
        </button>
        <button type="button" class="button" onClick={() => setRenaming(true)}>
          Rename
        </button>
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </span>
      {renaming && (
        <Rename
          title={tab.title}
          onDone={(title) => {
            if (title.trim()) tabs.change(tab.id, { title: title.trim() });
            setRenaming(false);
            back();
          }}
        />
      )}
    </div>
  );
}

/** A field for the new name; Enter takes it, Escape keeps the old one. */
function Rename({ title, onDone }: { title: string; onDone: (title: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const send = (event: Event) => {
    event.preventDefault();
    onDone(field.current?.value ?? "");
  };
  return (
    <form class="row rename" onSubmit={send}>
      <input
        ref={field}
        type="text"
        aria-label="Name of the query"
        defaultValue={title}
        onKeyDown={(event) => event.key === "Escape" && onDone("")}
      />
      <button class="button" type="submit">
        Rename
      </button>
    </form>
  );
}
