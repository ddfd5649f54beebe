import { type Entry, UNKNOWN } from "../draft.ts";
import { type Feature, isYesNo } from "../features.ts";
import { FieldFrame } from "./FieldFrame.tsx";

interface FieldProps {
  readonly feature: Feature;
  readonly entry: Entry;
  readonly onChange: (entry: Entry) => void;
}

/** A closed list: yes or no, or one or several values of which one is true. */
export function ListField({ feature, entry, onChange }: FieldProps) {
  const single = isYesNo(feature);
  const values = single ? [...feature.values].reverse() : feature.values;
  const choose = (code: string, chosen: boolean) => {
    const others = single ? [] : entry.present.filter((one) => one !== code);
    const present = feature.values
      .map((one) => one.code)
      .filter((one) => others.includes(one) || (chosen && one === code));
    onChange({ ...UNKNOWN, present });
  };
  const unknown = entry.present.length === 0;
  return (
    <FieldFrame feature={feature} known={!unknown}>
      <div class="choices">
        <label class="choice">
          <input type="radio" name={feature.key} checked={unknown} onChange={() => onChange(UNKNOWN)} />
          <span>unknown</span>
        </label>
        {values.map(({ code, label }) => (
          <label class="choice" key={code} title={label === code ? undefined : label}>
            <input
              type={single ? "radio" : "checkbox"}
              name={feature.key}
              value={code}
              checked={entry.present.includes(code)}
              onChange={(event) => choose(code, event.currentTarget.checked)}
            />
            <span>{code}</span>
          </label>
        ))}
      </div>
      {entry.present.length > 1 && <p class="field-hint">one of these is true, not known which</p>}
    </FieldFrame>
  );
}
