import { useEffect, useState } from "preact/hooks";
import { getJson, isAbort, type Params } from "../common/api.ts";

export type Loaded<T> =
  | { readonly kind: "busy"; readonly value?: T }
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown; readonly value?: T };

/** The JSON document at a path, asked for anew when the path or a parameter changes; meanwhile the one before. */
export function useAnswer<T>(path: string, params: Params = {}): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ kind: "busy" });
  const key = JSON.stringify([path, params]);
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => (before.value === undefined ? { kind: "busy" } : { kind: "busy", value: before.value }));
    getJson<T>(path, { params, signal: controller.signal }).then(
      (value) => setState({ kind: "done", value }),
      (error: unknown) => {
        if (!isAbort(error)) setState({ kind: "failed", error });
      },
    );
    return () => controller.abort();
  }, [key]);
  return state;
}
