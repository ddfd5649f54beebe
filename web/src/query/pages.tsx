const PAGE_SIZES = [25, 50, 100, 500];

interface PagesProperties {
  total: number;
  place: number;
  size: number;
  onPlace: (place: number) => void;
  onSize: (size: number) => void;
}

/** Buttons from page to page, when there is more than the smallest page. */
export function Pages({ total, place, size, onPlace, onSize }: PagesProperties) {
  if (total <= (PAGE_SIZES[0] ?? 0)) return null;
  const last = Math.floor((total - 1) / size) * size;
  const button = (label: string, target: number) => (
    <button type="button" class="button" disabled={target === place} onClick={() => onPlace(target)}>
      {label}
    </button>
  );
  const count = (value: number) => value.toLocaleString("en");
  return (
    <nav class="data-table-bar" aria-label="Pages of the answer">
      <span class="soft number">
        {count(place + 1)}–{count(Math.min(place + size, total))} of {count(total)}
      </span>
      <span class="row">
        {button("First", 0)}
        {button("Previous", Math.max(place - size, 0))}
        {button("Next", Math.min(place + size, last))}
        {button("Last", last)}
        <label class="small">
          Rows{" "}
          <select
            value={size}
            onChange={(event) => {
              onSize(Number(event.currentTarget.value));
              onPlace(0);
            }}
          >
            {PAGE_SIZES.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        </label>
      </span>
    </nav>
  );
}
