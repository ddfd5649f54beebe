/** Small drawings that stand beside a word; never alone, except where a label says what they mean. */

const PATHS = {
  for: "M3 8.5l3.5 3.5L13 4.5",
  against: "M4 4l8 8M12 4l-8 8",
  open: "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.35-1 .8-1 1.6M8 12.4v.1",
  same: "M3 6h10M3 10h10",
  disagree: "M2.5 5h10M9.8 2.3L12.5 5 9.8 7.7M13.5 11h-10M6.2 8.3L3.5 11l2.7 2.7",
  copy: "M5.5 5.5v-2h7v7h-2M3.5 5.5h7v7h-7z",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
  link: "M6.5 9.5l3-3M7 5l1.6-1.6a2.3 2.3 0 0 1 3.2 3.2L10.3 8.2M9 11l-1.6 1.6a2.3 2.3 0 0 1-3.2-3.2L5.7 7.8",
  run: "M4.5 3v10l8-5z",
  stop: "M4 4h8v8H4z",
  add: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  info: "M8 7v5M8 4.5v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing; `title` makes it speak, without it it is decoration. */
export function Icon({ name, title }: { name: IconName; title?: string }) {
  const filled = name === "run" || name === "stop";
  const drawing = (
    <path
      d={PATHS[name]}
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  );
  const box = { viewBox: "0 0 16 16", width: "1em", height: "1em" };
  return title ? (
    <svg {...box} role="img" aria-label={title}>
      <title>{title}</title>
      {drawing}
    </svg>
  ) : (
    <svg {...box} aria-hidden="true">
      {drawing}
    </svg>
  );
}
