import { useContext } from "preact/hooks";
import type { Entry } from "../draft.ts";
import { isUnknown, UNKNOWN } from "../draft.ts";
import type { Feature } from "../features.ts";
import { FieldFrame, notesId } from "./FieldFrame.tsx";
import { Sayings } from "./notes.ts";

interface FieldProps {
  readonly feature: Feature;
  readonly entry: Entry;
  readonly onChange: (entry: Entry) => void;
}

/** A number or an interval, as text; its meaning and its unit are the server's to read. */
export function NumberField({ feature, entry, onChange }: FieldProps) {
  const { notes } = useContext(Sayings);
  const id = `number-${feature.key}`;
  const wrong = notes.errors.some((error) => error.key === feature.key);
  const examples = feature.examples.filter((one) => typeof one === "string" || typeof one === "number");
  const others = feature.units.filter((unit) => unit !== feature.unit);
  return (
    <FieldFrame feature={feature} controlId={id} known={!isUnknown(entry)}>
      <input
        id={id}
        name={feature.key}
        type="text"
        autoComplete="off"
        spellcheck={false}
        placeholder="unknown"
        value={entry.text}
        aria-invalid={wrong}
        aria-describedby={`hint-${feature.key} ${notesId(feature.key)}`}
        onInput={(event) => onChange({ ...UNKNOWN, text: event.currentTarget.value })}
      />
      <p class="field-hint" id={`hint-${feature.key}`}>
        such as {examples.join(" · ")}
        {others.length > 0 && <>; also {others.join(", ")}</>}
      </p>
    </FieldFrame>
  );
}
