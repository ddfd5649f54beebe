import { useEffect, useMemo, useState } from "preact/hooks";
import { Grid } from "./grid.tsx";
import { NO_NAMES, useNames } from "./names.ts";
import { arranged, type Sorting } from "./order.ts";
import { Pages } from "./pages.tsx";
import { type Cell, kindOf } from "./rdf.ts";

interface Properties {
  columns: readonly string[];
  rows: readonly Cell[][];
  labelled: boolean;
  onLabelled: (on: boolean) => void;
}

const PAUSE = 120; // milliseconds
const SAMPLE = 200; // rows that tell how long the texts of a column are
const LONG = 45; // characters on average

/**
 * The rows of an answer as a grid: one stop of the Tab key, arrows move, Enter follows a link, Ctrl-C copies the cell.
 * Only one page of rows is drawn at a time, so 100,000 rows stay quick.
 */
export function ResultTable({ columns, rows, labelled, onLabelled }: Properties) {
  const [typed, setTyped] = useState("");
  const wanted = useSettled(typed);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [place, setPlace] = useState(0);
  const [size, setSize] = useState(50);
  const [shown, setShown] = useState<readonly Cell[][]>([]);
  const { names, complete, many } = useNames(rows, shown, labelled);

  // Labels order and filter the rows once all are there; until then a page that fills up would move under the reader.
  const ordering = complete ? names : NO_NAMES;
  const positions = useMemo(() => arranged(rows, ordering, wanted, sorting), [rows, ordering, wanted, sorting]);
  const classes = useMemo(() => columns.map((_, column) => classOf(rows, column)), [columns, rows]);
  const page = useMemo(() => positions.slice(place, place + size), [positions, place, size]);
  useEffect(() => setShown(page.map((position) => rows[position] ?? [])), [page, rows]);
  const arrange = (change: () => void) => {
    change();
    setPlace(0);
  };

  return (
    <div class="data-table results-table">
      <div class="data-table-bar">
        <div class="row">
          <input
            type="search"
            aria-label="Filter rows"
            placeholder="Filter rows"
            value={typed}
            onInput={(event) => arrange(() => setTyped(event.currentTarget.value))}
          />
          <span class="soft number" role="status">
            {wanted && `${positions.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`}
          </span>
        </div>
        <label class="switch">
          <input type="checkbox" checked={labelled} onChange={(event) => onLabelled(event.currentTarget.checked)} />{" "}
          Labels
        </label>
      </div>
      <Grid
        columns={columns}
        rows={shown}
        start={place}
        classes={classes}
        names={names}
        sorting={sorting}
        onSort={(column) => arrange(() => setSorting(nextSorting(sorting, column)))}
      />
      <Pages total={positions.length} place={place} size={size} onPlace={setPlace} onSize={setSize} />
      {labelled && many && (
        <p class="small soft">
          This answer names very many identifiers: they are labelled page by page, and sorted and filtered by IRI.
        </p>
      )}
    </div>
  );
}

/** Return a text once its typing pauses, so that long answers are not filtered anew for each letter. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Numbers stand right; columns of long texts are given room. */
function classOf(rows: readonly Cell[][], column: number): string | undefined {
  if (kindOf(rows, column) === "number") return "is-number";
  const texts = rows
    .slice(0, SAMPLE)
    .flatMap((row) => (row[column]?.type === "literal" ? [row[column].value.length] : []));
  return texts.length > 0 && texts.reduce((sum, length) => sum + length, 0) / texts.length > LONG
    ? "is-long"
    : undefined;
}

function nextSorting(sorting: Sorting | null, column: number): Sorting | null {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? null : { column, descending: true };
}
