// What watching so many symbols costs in request weight, said before a setting is saved. Pure; from the client's own call pattern.

export interface WeightForecast {
  readonly symbols: number;
  /** Weight of the first start with an empty archive: clock, rules, tickers and three timeframes of history a symbol. */
  readonly warmUpWeight: number;
  /** Seconds the budget alone makes the warm-up wait; the way to the exchange comes on top. */
  readonly warmUpSeconds: number;
  /** Weight per minute once streams carry the market: reconciliation, refresh of the universe, clocks. */
  readonly steadyPerMinute: number;
  readonly connections: number;
  /** Weight per minute that every open position adds: it is compared with the account and verified by polling. */
  readonly perPosition: number;
}

const HISTORY_WEIGHT = 6;
/** Clock 5, rules 1, brackets 1, day tickers 40, mark prices 10. */
const UNIVERSE_WEIGHT = 57;
/** The share of the budget that history may use; the rest stays free for trading. */
const BACKFILL_SHARE = 0.7;
/** Account 5, positions 5, open orders 40, open conditional orders 40, once a minute; two clocks of 5 in ten minutes. */
const MINUTE_WEIGHT = 91;
/** Fills 5 once a minute; orders 1, conditional orders 1 and fills 5 of its own every twenty seconds. */
const POSITION_WEIGHT = 26;
const TOPICS_PER_CONNECTION = 150;
const COMMON_TOPICS = 3;
/** Best bids and asks of all markets. */
const BOOK_CONNECTIONS = 1;

export function forecastWeight(symbols: number, limitPerMinute: number): WeightForecast {
  const history = symbols * HISTORY_WEIGHT;
  const budget = Math.floor(limitPerMinute * BACKFILL_SHARE);
  // What the universe cost is gone from the first minute; each further budget comes with its minute.
  const waits = Math.max(0, Math.ceil((history - (budget - UNIVERSE_WEIGHT)) / budget));
  return {
    symbols,
    warmUpWeight: UNIVERSE_WEIGHT + history,
    warmUpSeconds: waits * 60,
    steadyPerMinute: MINUTE_WEIGHT + Math.ceil(UNIVERSE_WEIGHT / 60),
    connections: Math.ceil((symbols + COMMON_TOPICS) / TOPICS_PER_CONNECTION) + BOOK_CONNECTIONS,
    perPosition: POSITION_WEIGHT,
  };
}

/** One sentence for the settings screen: `200 → 300 symbols: …`. */
export function describeForecast(before: WeightForecast, after: WeightForecast): string {
  const wait = after.warmUpSeconds === 0 ? 'without waiting for the budget' : `with ${after.warmUpSeconds} s of waiting for the budget`;
  return (
    `${before.symbols} → ${after.symbols} symbols: a first start costs ${after.warmUpWeight} request weight instead of ${before.warmUpWeight}, ${wait}; ` +
    `after that about ${after.steadyPerMinute} a minute over ${after.connections} market ${after.connections === 1 ? 'connection' : 'connections'}, and ${after.perPosition} more for every open position.`
  );
}
