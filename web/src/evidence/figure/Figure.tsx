import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../common/icons.tsx";

/** What makes a line of a drawing one that can be pointed at; files need none of it. */
export interface Handles {
  /** The line that the Tab key reaches. */
  readonly current: string;
  /** The line whose details are shown. */
  readonly open: string;
  readonly on: (name: string) => Record<string, unknown>;
}

interface FigureProps {
  /** What the drawing shows, for those who do not see it. */
  readonly label: string;
  /** Names of the lines, from top to bottom. */
  readonly names: readonly string[];
  /** Draws the figure for a width, and says how high it is. */
  readonly draw: (width: number) => {
    readonly height: number;
    readonly content: (handles: Handles) => ComponentChildren;
  };
  /** What is shown of a line that is pointed at. */
  readonly details: (name: string) => ComponentChildren;
}

const LEAST_WIDTH = 280;

/** A drawing as wide as there is room, whose lines show details: by pointer, by touch, and by arrow keys. */
export function Figure({ label, names, draw, details }: FigureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const card = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  const [current, setCurrent] = useState("");
  const [open, setOpen] = useState("");
  const [pinned, pin] = useState(false);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(LEAST_WIDTH, Math.floor(element.clientWidth))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const known = names.includes(open);
  useEffect(() => {
    if (open && !known) setOpen("");
  }, [open, known]);

  const show = (name: string) => {
    setCurrent(name);
    setOpen(name);
  };
  const close = () => {
    setOpen("");
    pin(false);
  };
  const focusLine = (name: string | undefined) => {
    if (!name) return;
    show(name);
    const line = frame.current?.querySelector<SVGGElement>(`[data-item="${CSS.escape(name)}"]`);
    line?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent, name: string) => {
    const at = names.indexOf(name);
    const targets: Record<string, string | undefined> = {
      ArrowDown: names[at + 1],
      ArrowUp: names[at - 1],
      Home: names[0],
      End: names.at(-1),
    };
    if (event.key in targets) {
      event.preventDefault();
      focusLine(targets[event.key]);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      show(name);
      pin(true);
      requestAnimationFrame(() => card.current?.focus());
    } else if (event.key === "Escape") close();
  };
  const handles: Handles = {
    current: names.includes(current) ? current : (names[0] ?? ""),
    open,
    on: (name) => ({
      onMouseEnter: () => pinned || setOpen(name),
      onClick: () => {
        show(name);
        pin(true);
      },
      onFocus: () => {
        pin(false);
        show(name);
      },
      onKeyDown: (event: KeyboardEvent) => press(event, name),
    }),
  };
  const drawing = width > 0 ? draw(width) : null;
  const leave = (event: FocusEvent) => {
    if (!pinned && !frame.current?.contains(event.relatedTarget as Node | null)) setOpen("");
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is inside is what can be pointed at
    <div class="figure" ref={frame} onMouseLeave={() => pinned || setOpen("")} onFocusOut={leave}>
      {drawing && (
        // biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset
        <svg
          role="group"
          aria-label={label}
          width={width}
          height={drawing.height}
          viewBox={`0 0 ${width} ${drawing.height}`}
        >
          {drawing.content(handles)}
        </svg>
      )}
      {open && known && (
        <aside
          class="figure-card"
          ref={card}
          tabIndex={-1}
          aria-label="Details of the line"
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            const name = open;
            close();
            focusLine(name);
            setOpen("");
          }}
        >
          <button type="button" class="button figure-card-close" onClick={close}>
            <Icon name="close" title="Close the details" />
          </button>
          {details(open)}
        </aside>
      )}
    </div>
  );
}
