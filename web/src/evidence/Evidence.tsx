import { useCallback } from "preact/hooks";
import { useAddress } from "./address.ts";
import { Approvals } from "./approvals/Approvals.tsx";
import { Claims } from "./claims/Claims.tsx";
import { Disagreements } from "./disagreements/Disagreements.tsx";
import { Forest } from "./forest/Forest.tsx";
import { Trials } from "./trials/Trials.tsx";

const VIEWS = [
  { id: "trials", title: "Trials and effects" },
  { id: "approvals", title: "Approvals" },
  { id: "disagreements", title: "Where sources disagree" },
  { id: "claims", title: "Claims checked" },
] as const;

type View = (typeof VIEWS)[number]["id"];

/** The page: four views of the evidence, each with an address of its own. */
export function Evidence() {
  const [filters, change] = useAddress();
  const view: View = VIEWS.find(({ id }) => id === filters.view)?.id ?? "trials";
  const set = (key: string, value: string) => change({ ...filters, [key]: value });
  const onTrial = useCallback((trial: string) => {
    change({ view: "trials", trial }, { push: true });
    document.getElementById("forest-title")?.scrollIntoView({ block: "start" });
  }, []);
  const go = (id: View) => {
    change(
      { view: id, ...(filters.therapy && (id === "trials" || id === "approvals") ? { therapy: filters.therapy } : {}) },
      { push: true },
    );
  };
  const press = (event: KeyboardEvent) => {
    const at = VIEWS.findIndex(({ id }) => id === view);
    const targets: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1 + VIEWS.length,
      Home: 0,
      End: VIEWS.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = VIEWS[target % VIEWS.length];
    if (!next) return;
    go(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Parts of the evidence" onKeyDown={press}>
        {VIEWS.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            class="tab"
            aria-selected={id === view}
            aria-controls="view"
            tabIndex={id === view ? 0 : -1}
            onClick={() => go(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="view" role="tabpanel" aria-labelledby={`tab-${view}`} class="view">
        {view === "trials" && (
          <>
            <Forest filters={filters} onChange={set} />
            <Trials onTrial={onTrial} />
          </>
        )}
        {view === "approvals" && <Approvals filters={filters} onChange={set} />}
        {view === "disagreements" && <Disagreements filters={filters} onChange={set} />}
        {view === "claims" && <Claims filters={filters} onChange={set} />}
      </div>
    </>
  );
}
