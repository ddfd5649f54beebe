import { useEffect, useState } from "preact/hooks";
import { type Draft, type Entry, entryOf, isUnknown } from "../draft.ts";
import type { Feature, Group } from "../features.ts";
import { fieldId } from "./FieldFrame.tsx";
import { ListField } from "./ListField.tsx";
import { NumberField } from "./NumberField.tsx";
import { TermField } from "./TermField.tsx";

interface FormProps {
  readonly groups: readonly Group[];
  readonly draft: Draft;
  readonly onChange: (key: string, entry: Entry) => void;
}

/** All fields in groups; the first stands open, another opens when something is known in it. */
export function Fields({ groups, draft, onChange }: FormProps) {
  return (
    <>
      {groups.map((group) => (
        <FieldGroup key={group.title} group={group} draft={draft} onChange={onChange} />
      ))}
    </>
  );
}

function FieldGroup({ group, draft, onChange }: { readonly group: Group } & Omit<FormProps, "groups">) {
  const count = group.features.filter((feature) => !isUnknown(entryOf(draft, feature.key))).length;
  const [open, setOpen] = useState(group.open);
  useEffect(() => {
    if (count > 0) setOpen(true);
  }, [count]);
  return (
    <details class="field-group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{group.title}</h3>
        <span class="soft small">
          {count > 0 ? `${count} of ${group.features.length} known` : `${group.features.length} features`}
        </span>
      </summary>
      <div class="fields">
        {group.features.map((feature) => (
          <Field
            key={feature.key}
            feature={feature}
            entry={entryOf(draft, feature.key)}
            onChange={(entry) => onChange(feature.key, entry)}
          />
        ))}
      </div>
    </details>
  );
}

function Field(props: { readonly feature: Feature; readonly entry: Entry; readonly onChange: (entry: Entry) => void }) {
  switch (props.feature.kind) {
    case "number":
      return <NumberField {...props} />;
    case "list":
      return <ListField {...props} />;
    default:
      return <TermField {...props} />;
  }
}

/** Go to a field: its group opens, and its first control gets the focus. */
export function goToField(key: string): void {
  const field = document.getElementById(fieldId(key));
  if (!field) return;
  const group = field.closest("details");
  if (group) group.open = true;
  field.scrollIntoView({ block: "center" });
  field.querySelector<HTMLElement>("input:not([type=radio]), input, button")?.focus({ preventScroll: true });
}
