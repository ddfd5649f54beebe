/** What can be said of a situation: the features as the server lists them, in groups for the form. */

export interface Choice {
  readonly code: string;
  readonly label: string;
}

export interface Option {
  /** Local name, which never changes. */
  readonly name: string;
  readonly label: string;
}

export interface Feature {
  readonly key: string;
  readonly name: string;
  readonly kind: "hierarchy" | "list" | "number" | "set";
  readonly order: number;
  readonly unit: string | null;
  readonly units: readonly string[];
  readonly possible: string | null;
  /** Values of a closed list. */
  readonly values: readonly Choice[];
  readonly root: { readonly label: string; readonly id: string } | null;
  /** Values of a hierarchy or a set. */
  readonly options: readonly Option[];
  readonly examples: readonly unknown[];
}

export interface Group {
  readonly title: string;
  readonly features: readonly Feature[];
  /** Shown at once; the others are folded. */
  readonly open: boolean;
}

/** The features that decide most statements come first and stand open. */
const GROUPS: readonly { title: string; keys: readonly string[]; open?: true }[] = [
  {
    title: "What decides most",
    keys: ["site", "neoplasm", "extent", "resectability", "ki67", "mitoses", "grade", "sstr", "progression", "line"],
    open: true,
  },
  {
    title: "Tumour",
    keys: ["differentiation", "necrosis", "size_mm", "margin", "nodes", "krenning", "fdg"],
  },
  { title: "Spread", keys: ["metastases", "spread", "burden", "liver_involvement"] },
  { title: "Hormones and symptoms", keys: ["functioning", "syndromes", "symptoms", "findings"] },
  { title: "Course and earlier therapy", keys: ["prior"] },
  { title: "Heredity and molecules", keys: ["hereditary", "molecular"] },
  { title: "Person", keys: ["age", "sex", "pregnant", "ecog"] },
  {
    title: "Laboratory",
    keys: ["creatinine_clearance", "platelets", "neutrophils", "haemoglobin", "bilirubin_uln"],
  },
];
const REST = "Other features";

/** All features in groups; those that no group names make one of their own. */
export function groupsOf(features: readonly Feature[]): Group[] {
  const byKey = new Map(features.map((feature) => [feature.key, feature]));
  const groups = GROUPS.map(({ title, keys, open = false }) => ({
    title,
    features: keys.map((key) => byKey.get(key)).filter((feature) => feature !== undefined),
    open,
  }));
  const named = new Set(GROUPS.flatMap(({ keys }) => keys));
  const rest = features.filter((feature) => !named.has(feature.key));
  return [...groups, { title: REST, features: rest, open: false }].filter((group) => group.features.length > 0);
}

/** Whether the answer is yes or no. */
export function isYesNo(feature: Feature): boolean {
  return feature.values.length === 2 && feature.values.every(({ code }) => code === "yes" || code === "no");
}

/** A name as people read it: the label of a value that was stored by code or local name. */
export function labelOf(feature: Feature, name: string): string {
  const choice = feature.values.find(({ code }) => code === name);
  if (choice) return choice.label;
  return feature.options.find((option) => option.name === name || option.label === name)?.label ?? name;
}

/** The first letter as a capital. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
