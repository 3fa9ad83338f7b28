// A button that must be held; letting go early does nothing.
import { useEffect, useRef, useState } from 'react';

export interface HoldButtonProps {
  readonly label: string;
  readonly title: string;
  readonly holdMs: number;
  readonly onHeld: () => void;
}

export function HoldButton({ label, title, holdMs, onHeld }: HoldButtonProps): React.JSX.Element {
  const [share, setShare] = useState(0);
  const frame = useRef(0);
  const startedAt = useRef<number | null>(null);
  const stop = (): void => {
    startedAt.current = null;
    cancelAnimationFrame(frame.current);
    setShare(0);
  };
  const step = (): void => {
    if (startedAt.current === null) return;
    const next = (performance.now() - startedAt.current) / holdMs;
    if (next >= 1) {
      stop();
      onHeld();
      return;
    }
    setShare(next);
    frame.current = requestAnimationFrame(step);
  };
  const start = (): void => {
    if (startedAt.current !== null) return;
    startedAt.current = performance.now();
    frame.current = requestAnimationFrame(step);
  };
  useEffect(() => stop, []);
  return (
    <button
      type="button"
      className="hold"
      title={title}
      onPointerDown={start}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onBlur={stop}
      onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && !event.repeat && start()}
      onKeyUp={stop}
    >
      <span className="hold-fill" style={{ width: `${share * 100}%` }} />
      <span className="hold-label">{label}</span>
    </button>
  );
}
