// H6: requests and streams leave by one verified address; when it is another one, entries wait until a check has accepted it.
import type { ExitAddressView } from '../../../src-shared/contract/diagnosis.ts';
import { inEnglish, say, type Said } from '../../../src-shared/contract/said.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, Logger } from '../../core/ports.ts';

export interface ExitLockOptions {
  /** False on loopback and for a direct connection without a demanded address: there is nothing to verify. */
  readonly isNeeded: () => boolean;
  /** Over a connection of its own each time. */
  readonly read: () => Promise<Result<string, string>>;
  /** The one address a person allows, or an empty text for the one seen first. */
  readonly demanded: () => string;
  readonly now: () => number;
  readonly logger: Logger;
}

const RECENT_MS = 20_000;

type State = Omit<ExitAddressView, 'sentence' | 'said'> & { readonly why: string };

const UNCHECKED: State = { state: 'unknown', address: null, verifiedAt: null, why: 'not checked yet' };

export class ExitLock {
  readonly #options: ExitLockOptions;
  #state = UNCHECKED;
  /** The address entries are allowed from. */
  #verified: string | null = null;
  #told = '';
  #checkedAt = -Infinity;
  #running: Promise<void> | null = null;

  constructor(options: ExitLockOptions) {
    this.#options = options;
  }

  get view(): ExitAddressView {
    if (!this.#options.isNeeded()) return { state: 'not-needed', address: null, verifiedAt: null, ...told(say('exit.direct')) };
    const { state, address, verifiedAt } = this.#state;
    return { state, address, verifiedAt, ...told(this.#said()) };
  }

  /** Reads the address twice, as a request and a stream would leave. One check at a time. */
  check(): Promise<void> {
    if (!this.#options.isNeeded()) return Promise.resolve();
    this.#running ??= this.#check().finally(() => (this.#running = null));
    return this.#running;
  }

  /** The same, unless it was read a moment ago: a start that is tried again every few seconds does not ask every time. */
  ensure(): Promise<void> {
    return this.#running !== null || performance.now() - this.#checkedAt >= RECENT_MS ? this.check() : Promise.resolve();
  }

  /** Entries wait for a verified address; what protects, closes and asks does not. */
  holdEntries(): ExchangeError | null {
    return !this.#options.isNeeded() || this.#state.state === 'verified' ? null : this.#obstacle('Entries wait; closing and protecting go on.');
  }

  /** Nothing signed may leave at all by an address a person has not allowed. Only before trading has started. */
  holdStart(): ExchangeError | null {
    return this.#options.isNeeded() && this.#state.state === 'changed' ? this.#obstacle('Nothing signed was sent.') : null;
  }

  async #check(): Promise<void> {
    const [first, second] = await Promise.all([this.#options.read(), this.#options.read()]);
    this.#state = this.#judge(first, second);
    this.#checkedAt = performance.now();
    const sentence = this.#sentence();
    if (sentence === this.#told) return;
    this.#told = sentence;
    const level = this.#state.state === 'verified' ? 'info' : 'warn';
    this.#options.logger.log(level, 'exchange', `${sentence}${level === 'warn' ? ' Entries wait; closing and protecting go on.' : ''}`);
  }

  #judge(first: Result<string, string>, second: Result<string, string>): State {
    const now = this.#options.now();
    const { verifiedAt } = this.#state;
    if (!first.ok || !second.ok) {
      const why = first.ok ? (second.ok ? '' : second.error) : first.error;
      return { state: 'unknown', address: this.#verified, verifiedAt, why };
    }
    const address = first.value;
    if (address !== second.value)
      return { state: 'changed', address, verifiedAt, why: `two connections left from two addresses, ${address} and ${second.value}` };
    const demanded = this.#options.demanded();
    if (demanded !== '' && address !== demanded)
      return { state: 'changed', address, verifiedAt, why: `it is ${address}, and EXIT_ADDRESS demands ${demanded}` };
    // A new address is accepted when the next check sees it again: the way settled there. A demanded one never changes.
    const isSeenAgain = this.#state.state === 'changed' && this.#state.address === address;
    if (this.#verified !== null && this.#verified !== address && demanded === '' && !isSeenAgain)
      return { state: 'changed', address, verifiedAt, why: `it was ${this.#verified} and is ${address} now` };
    this.#verified = address;
    return { state: 'verified', address, verifiedAt: now, why: '' };
  }

  #obstacle(consequence: string): ExchangeError {
    return {
      code: 'unreachable',
      outcome: 'not_executed',
      venueCode: null,
      detail: `exit address ${this.#state.state}`,
      uiMessage: `${this.#sentence()} ${consequence}`,
    };
  }

  #sentence(): string {
    return inEnglish(this.#said());
  }

  #said(): Said {
    const { state, address, why } = this.#state;
    if (state === 'verified') return say('exit.verified', { address: address ?? '' });
    return say(state === 'changed' ? 'exit.changed' : 'exit.unknown', { why });
  }
}

function told(said: Said): Pick<ExitAddressView, 'sentence' | 'said'> {
  return { sentence: inEnglish(said), said };
}
