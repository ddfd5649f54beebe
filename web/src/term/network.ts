/** The small graph around a term: what leads to it on the left, what it leads to on the right. */

import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from "cytoscape";
import { fromRoot } from "../common/links.ts";

export interface Network {
  nodes: { id: string; label: string; kind: string; href: string | null; centre: boolean }[];
  edges: { source: string; target: string; label: string }[];
}

// Cytoscape writes a style element unless one of this name is there; the page's policy allows none. Our sheet has its rule.
const OWN_STYLES = "__________cytoscape_stylesheet";
const ROOM = 30; // height that a term takes
const LABEL = 215; // most width that the label of a term takes
const MOST = 7; // terms of one relation; of more, the last place only counts the others

/** Draw a network into an element; a click on a term leads to its page. */
export function draw(container: HTMLElement, network: Network): void {
  if (!document.getElementById(OWN_STYLES)) {
    const stand = document.createElement("meta");
    stand.id = OWN_STYLES;
    document.head.append(stand);
  }
  const graph = cytoscape({
    container,
    elements: elements(network),
    layout: { name: "null" },
    userZoomingEnabled: false, // the wheel scrolls the page
    userPanningEnabled: false,
    boxSelectionEnabled: false,
    autoungrabify: true,
    pixelRatio: Math.max(2, window.devicePixelRatio), // small text is blurred else
  });
  arrange(graph, container);
  graph.on("tap", "node", (event) => {
    const href = event.target.data("href") as string | null;
    if (href && !event.target.data("centre")) window.location.assign(fromRoot(href));
  });
  graph.on("mouseover mouseout", "node", (event) => {
    const over = event.type === "mouseover";
    container.style.cursor = over && event.target.data("href") && !event.target.data("centre") ? "pointer" : "";
    event.target.connectedEdges().toggleClass("near", over);
  });
  const again = () => arrange(graph, container);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  let width = container.clientWidth;
  new ResizeObserver(() => {
    if (container.clientWidth === width) return;
    width = container.clientWidth;
    again();
  }).observe(container);
}

/** The terms, and on each side one knot for each relation: the line from the centre divides there. */
function elements(network: Network): ElementDefinition[] {
  const centre = network.nodes.find((node) => node.centre)?.id ?? "";
  const found: ElementDefinition[] = [];
  const groups = new Map<string, { side: Side; label: string; ends: string[] }>();
  for (const node of network.nodes) {
    const leading = network.edges.filter((edge) => edge.source === node.id && edge.target === centre);
    const led = network.edges.filter((edge) => edge.source === centre && edge.target === node.id);
    const side: Side = led.length > 0 ? "right" : "left";
    found.push({ data: node, classes: node.centre ? "centre" : `term ${side}` });
    if (node.centre) continue;
    const label = [...new Set((led.length > 0 ? led : leading).map((edge) => edge.label))].join(", ");
    const group = groups.get(`${side} ${label}`) ?? { side, label, ends: [] };
    group.ends.push(node.id);
    groups.set(`${side} ${label}`, group);
  }
  for (const [id, { side, label, ends: every }] of groups) {
    const ends = every.length > MOST ? every.slice(0, MOST - 1) : every;
    if (ends.length < every.length) {
      const left = new Set(every.slice(ends.length));
      for (const element of found) if (left.has(String(element.data.id))) element.classes = "beyond";
      const more = `${id} more`;
      found.push({ data: { id: more, label: `${left.size} more`, href: null }, classes: `term ${side}` });
      ends.push(more);
    }
    found.push({ data: { id, label, ends }, classes: `knot ${side}` });
    const [from, to] = side === "left" ? [id, centre] : [centre, id];
    found.push({ data: { source: from, target: to }, classes: side === "left" ? "arrow" : "" });
    for (const end of ends) {
      const [source, target] = side === "left" ? [end, id] : [id, end];
      found.push({ data: { source, target }, classes: side === "right" ? "arrow" : "" });
    }
  }
  return found.filter((element) => element.classes !== "beyond");
}

type Side = "left" | "right";

function arrange(graph: Core, container: HTMLElement): void {
  const width = container.clientWidth;
  if (width === 0) return; // not laid out yet; the observer calls again
  const sides: Side[] = ["left", "right"];
  const counts = sides.map((side) => graph.nodes(`.term.${side}`).length);
  const height = ROOM * (Math.max(2, ...counts) + 1);
  container.style.height = `${height}px`;
  graph.resize();
  const label = Math.min(LABEL, width * 0.3);
  const [none, all] = [counts[0] === 0, counts[1] === 0];
  const middle = none ? width * 0.25 : all ? width * 0.75 : width / 2;
  graph.style(styles(label));
  graph.nodes(".centre").positions({ x: middle, y: height / 2 });
  for (const side of sides) {
    const x = side === "left" ? label : width - label;
    const knots = graph.nodes(`.knot.${side}`);
    const count = graph.nodes(`.term.${side}`).length;
    let place = 0;
    knots.forEach((knot) => {
      const ends = knot.data("ends") as string[];
      const top = place;
      for (const end of ends) {
        graph.getElementById(end).position({ x, y: height / 2 + (place - (count - 1) / 2) * ROOM });
        place += 1;
      }
      const y = height / 2 + ((top + place - 1) / 2 - (count - 1) / 2) * ROOM;
      knot.position({ x: middle + (x - middle) * 0.6, y });
    });
  }
  graph.viewport({ zoom: 1, pan: { x: 0, y: 0 } });
}

function styles(label: number): StylesheetJson {
  const page = getComputedStyle(document.documentElement);
  const colour = (name: string) => page.getPropertyValue(`--${name}`).trim();
  return [
    {
      selector: "node",
      style: {
        label: "data(label)",
        color: colour("ink"),
        "font-size": 12,
        "font-family": page.getPropertyValue("--font"),
        "text-wrap": "wrap",
        "text-valign": "center",
        "text-events": "yes",
      },
    },
    {
      selector: "node.term",
      style: { width: 9, height: 9, "background-color": colour("line-strong"), "text-max-width": `${label - 14}px` },
    },
    { selector: "node.term.left", style: { "text-halign": "left", "text-margin-x": -5 } },
    { selector: "node.term.right", style: { "text-halign": "right", "text-margin-x": 5 } },
    {
      selector: "node.knot",
      style: {
        width: 1,
        height: 1,
        "background-opacity": 0,
        color: colour("ink-soft"),
        "font-size": 11,
        "font-style": "italic",
        "text-max-width": "100px",
        "text-background-color": colour("raised"),
        "text-background-opacity": 1,
        "text-background-padding": "3px",
        events: "no",
      },
    },
    {
      selector: "node.centre",
      style: {
        width: 16,
        height: 16,
        "background-color": colour("accent"),
        "font-weight": 700,
        "text-valign": "top",
        "text-margin-y": -5,
        "text-max-width": "104px",
        "text-background-color": colour("raised"),
        "text-background-opacity": 1,
        "text-background-padding": "2px",
        "z-index": 5,
      },
    },
    {
      selector: "edge",
      style: {
        width: 1.2,
        "line-color": colour("line-strong"),
        "line-opacity": 0.6,
        "target-arrow-color": colour("line-strong"),
        "arrow-scale": 0.7,
        "curve-style": "straight",
      },
    },
    { selector: "edge.arrow", style: { "target-arrow-shape": "triangle" } },
    {
      selector: "edge.near",
      style: { "line-color": colour("accent"), "line-opacity": 1, "target-arrow-color": colour("accent") },
    },
  ];
}
