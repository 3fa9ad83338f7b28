// Which markets are watched: the most liquid ones, and always those with a position.

export interface UniverseCandidate {
  readonly symbol: string;
  readonly quoteVolume24h: number;
  /** Trading, perpetual and quoted in USDT. */
  readonly tradable: boolean;
}

export interface UniverseRequest {
  readonly candidates: readonly UniverseCandidate[];
  readonly limit: number;
  /** Symbols that never drop out, such as those with an open position. */
  readonly required: readonly string[];
}

/**
 * The `limit` tradable symbols with the largest 24 h quote volume (ties by name), then every required symbol that is known and
 * not among them. A symbol the exchange does not list is never invented.
 */
export function selectUniverse(request: UniverseRequest): readonly string[] {
  const ranked = request.candidates
    .filter((candidate) => candidate.tradable)
    .toSorted((a, b) => b.quoteVolume24h - a.quoteVolume24h || (a.symbol < b.symbol ? -1 : 1))
    .slice(0, request.limit)
    .map((candidate) => candidate.symbol);
  const chosen = new Set(ranked);
  const known = new Set(request.candidates.map((candidate) => candidate.symbol));
  return [...ranked, ...request.required.filter((symbol, index, all) => known.has(symbol) && !chosen.has(symbol) && all.indexOf(symbol) === index)];
}
