import { pageData } from "../common/api.ts";
import { CopyButton } from "../common/copy.tsx";
import { mount } from "../common/mount.ts";
import type { Network } from "./network.ts";
import "./style.css";

mount("term-copy", ({ dataset }) => (
  <>
    <CopyButton text={dataset.curie ?? ""} label="Copy CURIE" />
    <CopyButton text={dataset.iri ?? ""} label="Copy IRI" />
  </>
));

// The drawing is the heaviest part of the page and comes when it is about to be seen.
const figure = document.getElementById("term-network");
const canvas = document.getElementById("term-canvas");
const network = pageData<Network>("term-graph");
if (figure && canvas && network) {
  figure.hidden = false;
  const watcher = new IntersectionObserver(
    async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      const { draw } = await import("./network.ts");
      draw(canvas, network);
    },
    { rootMargin: "200px" },
  );
  watcher.observe(figure);
}
