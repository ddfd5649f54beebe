import type { Ink } from "../figure/ink.ts";
import type { Look, Shape } from "./decisions.ts";

const R = 6;

/** Paths about the middle of a mark; each fits about the same area. */
const PATHS: Readonly<Record<Shape, string>> = {
  circle: circle(R),
  ring: polygon(6, R * 1.1, 0),
  up: `M0,${-R * 1.2} L${R * 1.15},${R * 0.85} L${-R * 1.15},${R * 0.85} Z`,
  down: `M0,${R * 1.2} L${R * 1.15},${-R * 0.85} L${-R * 1.15},${-R * 0.85} Z`,
  cross: arms(45),
  plus: arms(0),
  diamond: polygon(4, R * 1.2, 0),
  square: polygon(4, R * 1.25, 45),
  star: star(),
};

/** A decision as a mark: its shape says what was decided, its filling and colour what holds now. */
export function Mark({ x, y, shape, look, ink }: { x: number; y: number; shape: Shape; look: Look; ink: Ink }) {
  const colour = ink[look.ink];
  return (
    <g transform={`translate(${x} ${y})`} data-part="mark">
      <path d={PATHS[shape]} fill={look.filled ? colour : ink.paper} stroke={colour} stroke-width={1.5} />
      {look.struck && (
        <>
          <line x1={-R * 1.5} y1={R * 1.5} x2={R * 1.5} y2={-R * 1.5} stroke={ink.paper} stroke-width={4} />
          <line x1={-R * 1.5} y1={R * 1.5} x2={R * 1.5} y2={-R * 1.5} stroke={ink.text} stroke-width={1.5} />
        </>
      )}
    </g>
  );
}

function circle(r: number): string {
  return `M${-r},0 a${r},${r} 0 1,0 ${2 * r},0 a${r},${r} 0 1,0 ${-2 * r},0 Z`;
}

function polygon(corners: number, r: number, turned: number): string {
  return path(Array.from({ length: corners }, (_, index) => point(r, turned + (360 / corners) * index)));
}

function star(): string {
  return path(Array.from({ length: 10 }, (_, index) => point(index % 2 ? R * 0.55 : R * 1.35, 36 * index)));
}

function arms(turned: number): string {
  const [long, half] = [R * 1.15, R * 0.38];
  const corners = [0, 90, 180, 270].flatMap((angle) => [
    turn(-half, -long, angle + turned),
    turn(half, -long, angle + turned),
    turn(half, -half, angle + turned),
  ]);
  return path(corners);
}

function point(r: number, degrees: number): readonly [number, number] {
  return turn(0, -r, degrees);
}

function turn(x: number, y: number, degrees: number): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
}

function path(points: readonly (readonly [number, number])[]): string {
  return `M${points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" L")} Z`;
}
