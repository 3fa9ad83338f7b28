// One honest sentence about the market feed: what state it is in, why, and what that means for trading.
import { inEnglish, say, type Said } from '../../../src-shared/contract/said.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, FeedStatus } from '../../core/ports.ts';
import type { StreamDrop } from './stream-drop.ts';

const STATUS_EVERY = 5;
const MEANING = 'Entries wait, exits work.';
/** So many symbols may lack history and the feed still counts as streaming. */
const MISSING_SHARE = 0.05;
const MISSING_COUNT = 3;

export interface FeedFacts {
  readonly ready: number;
  readonly total: number;
  readonly lastEventAt: EpochMs | null;
  /** Why a connection is down, null when all are open. */
  readonly drop: StreamDrop | null;
}

/** Every connection is open and nearly every market has its history. */
function isStreaming({ ready, total, drop }: Pick<FeedFacts, 'ready' | 'total' | 'drop'>): boolean {
  return drop === null && total > 0 && ready >= total - Math.max(MISSING_COUNT, total * MISSING_SHARE);
}

export class FeedTeller {
  readonly #facts: () => FeedFacts;
  readonly #emit: (status: FeedStatus) => void;

  constructor(facts: () => FeedFacts, emit: (status: FeedStatus) => void) {
    this.#facts = facts;
    this.#emit = emit;
  }

  /** A sentence with a code is worded by the screen; other text is the exchange's or the way's own. */
  say(state: FeedStatus['state'], sentence: Said | string): void {
    const { ready, total, lastEventAt } = this.#facts();
    const isText = typeof sentence === 'string';
    this.#emit({ state, text: isText ? sentence : inEnglish(sentence), said: isText ? null : sentence, symbolsReady: ready, symbolsTotal: total, lastEventAt });
  }

  /** Streaming is only said when every connection is open. */
  progress(): void {
    const { ready, total, drop } = this.#facts();
    if (drop !== null) return this.drop(drop);
    if (isStreaming({ ready, total, drop })) this.say('streaming', say('feed.streaming', { total, ready }));
    else if (ready % STATUS_EVERY === 0 || ready < STATUS_EVERY) this.say('warming_up', say('feed.loading', { ready, total }));
  }

  drop({ kind, why, advice }: StreamDrop): void {
    if (kind === 'geo_blocked') return this.say('geo_blocked', `${advice} ${MEANING}`);
    if (why.startsWith('silent')) return this.say('stale', say('feed.silent'));
    this.say('down', say('feed.down', { advice }));
  }

  /** A request of the feed failed. While the streams bring nearly every market, that is no news of the feed: it is asked again. */
  failure(error: ExchangeError): false {
    if (isStreaming(this.#facts())) return false;
    this.say(error.code === 'geo_blocked' ? 'geo_blocked' : 'down', error.said ?? error.uiMessage);
    return false;
  }
}
