// The order book of the chosen market, asked for while its panel is shown; the engine keeps the stream open as long as somebody asks.
import { useEffect, useState } from 'react';
import type { OrderBookView } from '../../src-shared/contract/trade-calls.ts';
import { currentRpc, onConnected } from '../connect.ts';

/** Four times a second would be the fastest a person can read; the stream itself tells twice a second. */
const EVERY_MS = 400;

/** Null until the first levels arrive; of another market never. */
export function useBook(symbol: string): OrderBookView | null {
  const [book, setBook] = useState<OrderBookView | null>(null);
  useEffect(() => {
    let isGone = false;
    let isAsking = false;
    const ask = (): void => {
      const rpc = currentRpc();
      if (rpc === null || isAsking) return;
      isAsking = true;
      rpc
        .call('orderBook', { symbol })
        .then(
          (answer) => {
            if (!isGone) setBook(answer);
          },
          // The next round asks again; the banner says when the engine is silent.
          () => undefined,
        )
        .finally(() => (isAsking = false));
    };
    const stop = onConnected(ask);
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      isGone = true;
      stop();
      clearInterval(timer);
    };
  }, [symbol]);
  return book?.symbol === symbol ? book : null;
}
