// Virtual positions are many and change constantly: they are asked for while a panel shows them, not pushed.
import { useEffect, useState } from 'react';
import type { VirtualPosition } from '../../src-shared/domain/position.ts';
import { currentRpc, onConnected } from '../connect.ts';

/** Open ones move with the market; closed ones only ever grow by a few. */
const EVERY_MS = { open: 2000, closed: 10_000 } as const;

export interface VirtualRows {
  /** Null until the first answer. */
  readonly rows: readonly VirtualPosition[] | null;
  readonly problem: string | null;
}

export function useVirtualPositions(state: 'open' | 'closed', limit: number): VirtualRows {
  const [result, setResult] = useState<VirtualRows>({ rows: null, problem: null });
  useEffect(() => {
    let isCurrent = true;
    setResult({ rows: null, problem: null });
    const load = (): void =>
      void currentRpc()
        ?.call('virtual', { state, limit })
        .then(
          (rows) => isCurrent && setResult({ rows, problem: null }),
          (failure: unknown) => isCurrent && setResult((before) => ({ ...before, problem: failure instanceof Error ? failure.message : String(failure) })),
        );
    const stop = onConnected(load);
    const timer = setInterval(load, EVERY_MS[state]);
    return () => {
      isCurrent = false;
      stop();
      clearInterval(timer);
    };
  }, [state, limit]);
  return result;
}
