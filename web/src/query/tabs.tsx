import { useRef } from "preact/hooks";

interface Properties<Name extends string> {
  label: string;
  items: readonly { name: Name; title: string; panel: string }[];
  active: Name;
  onChoose: (name: Name) => void;
  /** Further keys on a tab, such as Delete or F2. */
  onKey?: (event: KeyboardEvent, name: Name) => void;
  onDoubleClick?: (name: Name) => void;
}

/** A row of tabs after the ARIA pattern: one stop of the Tab key, arrows choose. */
export function TabRow<Name extends string>({
  label,
  items,
  active,
  onChoose,
  onKey,
  onDoubleClick,
}: Properties<Name>) {
  const row = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const now = items.findIndex((item) => item.name === active);
    const moves: Record<string, number> = {
      ArrowLeft: (now + items.length - 1) % items.length,
      ArrowRight: (now + 1) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const target = items[moves[event.key] ?? -1];
    if (!target) return onKey?.(event, active);
    event.preventDefault();
    onChoose(target.name);
    row.current?.querySelector<HTMLElement>(`#${CSS.escape(tabId(target.name))}`)?.focus();
  };
  return (
    <div class="tab-row" role="tablist" aria-label={label} ref={row} onKeyDown={press}>
      {items.map(({ name, title, panel }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(name)}
          class="tab"
          aria-selected={name === active}
          aria-controls={panel}
          tabIndex={name === active ? 0 : -1}
          onClick={() => onChoose(name)}
          onDblClick={() => onDoubleClick?.(name)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

export function tabId(name: string): string {
  return `tab-${name}`;
}
