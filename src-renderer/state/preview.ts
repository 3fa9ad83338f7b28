// What the risk manager would make of the ticket now: asked shortly after the last change and again while it is shown.
import { useEffect, useState } from 'react';
import type { OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import type { OpenPreview } from '../../src-shared/contract/trade-calls.ts';
import { currentRpc } from '../connect.ts';

const AFTER_MS = 150;
const AGAIN_MS = 1500;

export interface Preview {
  /** The newest answer; of the ticket before a change until the next one comes, so that nothing jumps. Null before the first. */
  readonly answer: OpenPreview | null;
  /** The answer is to exactly this ticket. */
  readonly isCurrent: boolean;
}

export function usePreview(command: OpenPositionCommand | null): Preview {
  const key = command === null ? '' : JSON.stringify(command);
  const [told, setTold] = useState<{ readonly key: string; readonly answer: OpenPreview } | null>(null);
  useEffect(() => {
    if (key === '') {
      setTold(null);
      return undefined;
    }
    let isGone = false;
    const ask = (): void => {
      currentRpc()
        ?.call('previewOpen', JSON.parse(key) as OpenPositionCommand)
        .then(
          (answer) => {
            if (!isGone) setTold({ key, answer });
          },
          // Without an answer the last one stays; the banner says when the engine is silent.
          () => undefined,
        );
    };
    const first = setTimeout(ask, AFTER_MS);
    const timer = setInterval(ask, AGAIN_MS);
    return () => {
      isGone = true;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [key]);
  return { answer: told?.answer ?? null, isCurrent: told !== null && told.key === key };
}
