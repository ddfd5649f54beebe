import { useEffect, useRef, useState } from "preact/hooks";
import { copyText } from "../common/download.ts";
import { Icon } from "../common/icons.tsx";
import { CellView } from "./cell.tsx";
import type { Names } from "./labels.ts";
import type { Sorting } from "./order.ts";
import type { Cell } from "./rdf.ts";

interface Spot {
  row: number;
  column: number;
}

const NARROWEST = 60; // pixels
const STEP = 24; // pixels per arrow key

interface GridProperties {
  columns: readonly string[];
  rows: readonly Cell[][];
  /** Number of rows on the pages before. */
  start: number;
  classes: readonly (string | undefined)[];
  names: Names;
  sorting: Sorting | null;
  onSort: (column: number) => void;
}

/** One page of rows: one stop of the Tab key, arrows move, Enter follows a link, Ctrl-C copies the cell. */
export function Grid({ columns, rows, start, classes, names, sorting, onSort }: GridProperties) {
  const grid = useRef<HTMLTableElement>(null);
  const [spot, setSpot] = useState<Spot>({ row: 0, column: 0 });
  const [said, setSaid] = useState("");
  const [widths, setWidths] = useState<readonly number[] | null>(null);
  // another page or order starts at its first cell
  useEffect(() => setSpot({ row: 0, column: 0 }), [rows[0], start]);

  // Once a column is given a width, all keep theirs: else the browser would share the space out anew.
  const resize = (column: number, width: number) => {
    const headings = [...(grid.current?.querySelectorAll("thead th") ?? [])] as HTMLElement[];
    const now = widths ?? headings.map((heading) => heading.offsetWidth);
    setWidths(now.map((old, place) => (place === column + 1 ? Math.max(width, NARROWEST) : old)));
  };
  const copy = async (cell: Cell) => {
    setSaid((await copyText(cell?.value ?? "")) ? "copied" : "the browser does not allow copying");
    setTimeout(() => setSaid(""), 2000);
  };
  const press = (event: KeyboardEvent) => {
    const moved = move(spot, event.key, rows.length, columns.length);
    const cell = grid.current?.querySelector<HTMLElement>(`[data-spot="${spot.row} ${spot.column}"]`);
    if (moved) {
      event.preventDefault();
      setSpot(moved);
      grid.current?.querySelector<HTMLElement>(`[data-spot="${moved.row} ${moved.column}"]`)?.focus();
    } else if (event.key === "Enter" && event.target === cell) {
      cell?.querySelector("a")?.click();
    } else if (event.key === "c" && (event.ctrlKey || event.metaKey) && !String(window.getSelection())) {
      event.preventDefault();
      copy(rows[spot.row]?.[spot.column] ?? null);
    }
  };

  return (
    <section class="data-table-scroll" aria-label="Rows">
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows move in it, as the grid pattern has it
        role="grid"
        aria-label="Rows of the answer; arrow keys move, Enter opens a link, Control C copies"
        style={
          widths ? { tableLayout: "fixed", width: `${widths.reduce((sum, width) => sum + width, 0)}px` } : undefined
        }
      >
        {widths && (
          <colgroup>
            {widths.map((width, place) => (
              <col key={place} style={{ width: `${width}px` }} />
            ))}
          </colgroup>
        )}
        <thead>
          <tr>
            <th class="row-number" scope="col">
              <span class="unseen">Number</span>
            </th>
            {columns.map((name, column) => (
              <Heading
                key={name}
                name={name}
                look={classes[column]}
                sorting={sorting?.column === column ? sorting : null}
                width={widths?.[column + 1]}
                onSort={() => onSort(column)}
                onWidth={(width) => resize(column, width)}
              />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={press}>
          {rows.map((cells, row) => (
            <tr key={start + row}>
              <th class="row-number number" scope="row">
                {start + row + 1}
              </th>
              {columns.map((name, column) => {
                const here = spot.row === row && spot.column === column;
                return (
                  <td
                    key={name}
                    data-spot={`${row} ${column}`}
                    tabIndex={here ? 0 : -1}
                    class={classes[column]}
                    onFocus={() => here || setSpot({ row, column })}
                  >
                    <CellView cell={cells[column] ?? null} names={names} focusable={false} />
                    {here && cells[column] && (
                      <button
                        type="button"
                        class="copy-cell"
                        tabIndex={-1}
                        aria-label="Copy this cell"
                        title="Copy this cell"
                        onClick={() => copy(cells[column] ?? null)}
                      >
                        <Icon name={said === "copied" ? "for" : "copy"} />
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <span class="unseen" role="status">
        {said}
      </span>
    </section>
  );
}

function move({ row, column }: Spot, key: string, rows: number, columns: number): Spot | null {
  const moves: Record<string, Spot> = {
    ArrowUp: { row: Math.max(row - 1, 0), column },
    ArrowDown: { row: Math.min(row + 1, rows - 1), column },
    ArrowLeft: { row, column: Math.max(column - 1, 0) },
    ArrowRight: { row, column: Math.min(column + 1, columns - 1) },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  return moves[key] ?? null;
}

interface HeadingProperties {
  name: string;
  look: string | undefined;
  sorting: Sorting | null;
  width: number | undefined;
  onSort: () => void;
  onWidth: (width: number) => void;
}

function Heading({ name, look, sorting, width, onSort, onWidth }: HeadingProperties) {
  const cell = useRef<HTMLTableCellElement>(null);
  const order = sorting ? (sorting.descending ? "descending" : "ascending") : "none";
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    const from = event.clientX - (cell.current?.offsetWidth ?? 0);
    const follow = (later: PointerEvent) => onWidth(later.clientX - from);
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", follow), {
      once: true,
    });
  };
  const press = (event: KeyboardEvent) => {
    const change = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!change) return;
    event.preventDefault();
    onWidth((cell.current?.offsetWidth ?? 0) + change);
  };
  return (
    <th ref={cell} scope="col" aria-sort={order} class={look}>
      <div class="heading">
        <button type="button" onClick={onSort} title={`Sort by ${name}`}>
          {name}
          <span class="sort-sign" aria-hidden="true">
            {{ ascending: "▲", descending: "▼", none: "" }[order]}
          </span>
        </button>
        {/* biome-ignore lint/a11y/useSemanticElements: a separator that moves is no hr */}
        <span
          class="width-handle"
          role="separator"
          aria-orientation="vertical"
          aria-label={`Width of ${name}`}
          aria-valuenow={width ?? cell.current?.offsetWidth ?? 0}
          tabIndex={0}
          onPointerDown={drag}
          onKeyDown={press}
        />
      </div>
    </th>
  );
}
