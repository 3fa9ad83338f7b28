// Asks the engine the same question again and again while a panel is shown; the last answer stays when one fails.
import { useEffect, useState } from 'react';
import type { Calls } from '../../src-shared/contract/rpc.ts';
import { currentRpc, onConnected } from '../connect.ts';

type Question = 'system' | 'rehearsal';

export interface Polled<N extends Question> {
  /** Undefined until the first answer. */
  readonly answer: Calls[N]['result'] | undefined;
  /** Shows an answer that came another way. */
  readonly show: (answer: Calls[N]['result']) => void;
}

export function usePolled<N extends Question>(question: N, everyMs: number): Polled<N> {
  const [answer, setAnswer] = useState<{ readonly value: Calls[N]['result'] } | null>(null);
  useEffect(() => {
    let isGone = false;
    const ask = (): void => {
      currentRpc()
        ?.call(question, null)
        .then(
          (value) => {
            if (!isGone) setAnswer({ value });
          },
          // The next round asks again; the banner says when the engine is silent.
          () => undefined,
        );
    };
    const stop = onConnected(ask);
    const timer = setInterval(ask, everyMs);
    return () => {
      isGone = true;
      stop();
      clearInterval(timer);
    };
  }, [question, everyMs]);
  return { answer: answer?.value, show: (value) => setAnswer({ value }) };
}
