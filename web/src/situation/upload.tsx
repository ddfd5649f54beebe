import { useRef, useState } from "preact/hooks";
import { Icon } from "../common/icons.tsx";

/** A document that describes a situation, read in the browser. */
export interface CaseFile {
  readonly name: string;
  readonly text: string;
  readonly mediaType: string;
}

interface DropProps {
  readonly onFile: (file: CaseFile) => void;
  readonly onError: (error: unknown) => void;
}

/** A place for a file: dropped, or chosen. */
export function FileDrop({ onFile, onError }: DropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file) return;
    try {
      const mediaType = /\.json$/i.test(file.name) ? "application/json" : "application/yaml";
      const text = await file.text();
      onFile({ name: file.name, text, mediaType: /^\s*[[{]/.test(text) ? "application/json" : mediaType });
    } catch (error) {
      onError(error);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way beside the button
    <div
      class={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <p class="small">
        <Icon name="download" /> Drop a Phenopacket, a FHIR bundle (mCODE) or a case in YAML or JSON here, or{" "}
        <button type="button" class="button button-bare" onClick={() => input.current?.click()}>
          choose a file
        </button>
        .
      </p>
      <input
        ref={input}
        type="file"
        accept=".json,.yaml,.yml,application/json,application/yaml"
        class="unseen"
        aria-label="File that describes a situation"
        tabIndex={-1}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <p class="tiny soft">It is read here and sent to this server only; nothing is stored.</p>
    </div>
  );
}
