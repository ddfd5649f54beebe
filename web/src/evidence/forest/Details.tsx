import { Citations, TermLink } from "../Citations.tsx";
import { type Arm, armWords, assessmentWords, effectWords, type Item, levelWords, totalWords } from "./items.ts";

/** All that is known of one effect estimate. */
export function Details({ item }: { readonly item: Item }) {
  const total = totalWords(item);
  const assessment = assessmentWords(item);
  return (
    <div class="details">
      <h4>
        <TermLink href={item.trial_href} label={item.trial} />
        {[item.analysis, item.subgroup && `subgroup: ${item.subgroup}`].filter(Boolean).map((part) => ` · ${part}`)}
      </h4>
      <p class="details-effect">
        {item.endpoint}: {item.measure} <strong>{effectWords(item)}</strong>{" "}
        <span class="soft">{levelWords(item)}</span>
        {assessment && <span class="soft">, {assessment}</span>}
      </p>
      <p class="small">
        <ArmText arm={item.experimental} other={item.comparator} item={item} />
        {item.comparator.therapy && (
          <>
            <em> versus </em>
            <ArmText arm={item.comparator} other={item.experimental} item={item} />
          </>
        )}
        {total && <span class="soft"> · {total}</span>}
      </p>
      <p class="small">
        Population: <TermLink href={item.population_href} label={item.population} />
      </p>
      <Citations sources={item.sources} />
      <p class="small soft">
        Read: {item.curation_label ?? item.curation}. {item.note}{" "}
        <TermLink href={item.href} label="The row in the graph" />
      </p>
    </div>
  );
}

function ArmText({ arm, other, item }: { readonly arm: Arm; readonly other: Arm; readonly item: Item }) {
  const [only] = arm.therapies;
  const words = armWords(arm, other, item).slice(arm.therapy.length);
  return (
    <span title={arm.regimen ?? undefined}>
      <TermLink href={arm.therapies.length === 1 ? only?.href : null} label={arm.therapy} />
      {words}
    </span>
  );
}
