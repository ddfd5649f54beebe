/** Colours of drawings: in the page they follow its theme, in files they stand for themselves. */
export interface Ink {
  readonly text: string;
  readonly soft: string;
  readonly rule: string;
  readonly band: string;
  readonly mark: string;
  readonly paper: string;
  /** Colours that are told apart by other means too. */
  readonly active: string;
  readonly aside: string;
  readonly refused: string;
  readonly withdrawn: string;
}

export const PAGE_INK: Ink = {
  text: "var(--ink)",
  soft: "var(--ink-soft)",
  rule: "var(--line)",
  band: "var(--sunken)",
  mark: "var(--series-1)",
  paper: "var(--raised)",
  active: "var(--series-1)",
  aside: "var(--series-2)",
  refused: "var(--against)",
  withdrawn: "var(--series-3)",
};

export const FILE_INK: Ink = {
  text: "#1b211f",
  soft: "#55605b",
  rule: "#dcdfdb",
  band: "#f3f4f2",
  mark: "#0b665e",
  paper: "#ffffff",
  active: "#0b665e",
  aside: "#b4500f",
  refused: "#a3262b",
  withdrawn: "#5b4aa8",
};
