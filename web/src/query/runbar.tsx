import { useEffect, useState } from "preact/hooks";
import { Icon } from "../common/icons.tsx";
import { summary } from "./results.tsx";
import { bytesIn, type Run, seconds } from "./run.ts";

interface Properties {
  run: Run | undefined;
  onStart: () => void;
  onShare: () => void;
}

/** One button that runs and stops, so that the focus stays where it is; beside it how far the run is. */
export function RunBar({ run, onStart, onShare }: Properties) {
  const isRunning = run?.state === "running";
  return (
    <div class="run-bar">
      <button
        type="button"
        class={isRunning ? "button run-button" : "button button-main run-button"}
        onClick={() => (isRunning ? run.stop() : onStart())}
      >
        <Icon name={isRunning ? "stop" : "run"} />
        {isRunning ? "Stop" : "Run"}
      </button>
      <RunState run={run} />
      <button type="button" class="button" onClick={onShare}>
        <Icon name="link" />
        Share or use in code
      </button>
    </div>
  );
}

/** Elapsed time and size while a query runs; afterwards rows, time and size. */
function RunState({ run }: { run: Run | undefined }) {
  if (run?.state === "running") return <Clock started={run.started} bytes={run.bytes} />;
  return <span class="run-state soft number">{run?.state === "done" && summary(run)}</span>;
}

function Clock({ started, bytes }: { started: number; bytes: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="run-state number">
      {seconds(Math.max(now - started, 0))}
      {bytes > 0 && ` · ${bytesIn(bytes)}`}
    </span>
  );
}
