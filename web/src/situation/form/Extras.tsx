import type { Opened } from "../draft.ts";
import { Chip } from "./TermField.tsx";

interface ExtrasProps {
  readonly opened: Opened;
  readonly onChange: (opened: Opened) => void;
}

/** What a link or a file says beyond the fields: it is shown, and can be taken away. */
export function Extras({ opened, onChange }: ExtrasProps) {
  const { absent, others, asOf } = opened;
  if (!absent.length && !others.length && !asOf) return null;
  return (
    <div class="field extras">
      <span class="field-name">Also stated</span>
      <ul class="chips">
        {absent.map((name) => (
          <Chip
            key={name}
            name={`looked for and not there: ${name}`}
            absent
            onRemove={() => onChange({ ...opened, absent: absent.filter((one) => one !== name) })}
          />
        ))}
        {others.map((setting) => (
          <Chip
            key={setting[0]}
            name={setting.join(" = ")}
            absent={false}
            onRemove={() => onChange({ ...opened, others: others.filter((one) => one !== setting) })}
          />
        ))}
        {asOf && <Chip name={`as of ${asOf}`} absent={false} onRemove={() => onChange({ ...opened, asOf: "" })} />}
      </ul>
    </div>
  );
}
