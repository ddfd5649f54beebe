import { Icon } from "../common/icons.tsx";

/** The notice that goes with every answer. */
export function Notice({ text }: { readonly text: string }) {
  return (
    <p class="notice">
      <Icon name="info" />
      <span>{text}</span>
    </p>
  );
}
