// What the feed says of itself: one failed request is no outage while the streams bring the markets.
import { describe, expect, it } from 'vitest';
import { FeedTeller, type FeedFacts } from '../../../src-main/adapters/binance/feed-status.ts';
import { describeDrop } from '../../../src-main/adapters/binance/stream-drop.ts';
import type { ExchangeError, FeedStatus } from '../../../src-main/core/ports.ts';

const REFUSED: ExchangeError = { code: 'geo_blocked', outcome: 'not_executed', venueCode: 0, detail: '451', uiMessage: 'Binance refuses this location.' };

function teller(facts: Partial<FeedFacts>): { readonly feed: FeedTeller; readonly said: FeedStatus['state'][] } {
  const said: FeedStatus['state'][] = [];
  const whole: FeedFacts = { ready: 0, total: 0, lastEventAt: null, drop: null, ...facts };
  return {
    feed: new FeedTeller(
      () => whole,
      ({ state }) => void said.push(state),
    ),
    said,
  };
}

describe('the state of the feed', () => {
  it('stays streaming when the history of one market of many is refused: trading does not stop and start with every try', () => {
    const { feed, said } = teller({ ready: 11, total: 12 });
    for (let turn = 0; turn < 3; turn += 1) {
      feed.failure(REFUSED);
      feed.progress();
    }
    expect(new Set(said)).toEqual(new Set(['streaming']));
  });

  it('is the refusal when nothing is known yet, when much history is missing, and when a stream is refused', () => {
    for (const facts of [
      { ready: 0, total: 0 },
      { ready: 100, total: 200 },
      { ready: 200, total: 200, drop: describeDrop('refused with 451') },
    ]) {
      const { feed, said } = teller(facts);
      feed.failure(REFUSED);
      expect(said).toEqual(['geo_blocked']);
    }
  });
});
