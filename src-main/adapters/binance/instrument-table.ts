// The exchange's contracts and their rules, loaded from exchangeInfo and the bracket table.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, Logger } from '../../core/ports.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { toBrackets, toInstrument } from './instrument-mapping.ts';
import { bracketsSchema, exchangeInfoSchema } from './rest-schemas.ts';

/** They may use the share of comparisons: after a restart no position can be compared before the rules are here. */
const RULES: CallOptions = { name: 'exchange rules', weight: 1, priority: 'data', share: 'reconcile', isMutation: false };
const BRACKETS: CallOptions = { name: 'leverage brackets', weight: 1, priority: 'data', share: 'reconcile', isMutation: false };

export interface InstrumentSources {
  readonly market: Gateway;
  readonly trading: Gateway;
  /** Whether the way to the exchange may carry a signed request now. */
  readonly maySign: () => Promise<boolean>;
}

export class InstrumentTable {
  readonly #sources: InstrumentSources;
  readonly #logger: Logger;
  readonly #instruments = new Map<string, Instrument>();
  #brackets: ReadonlyMap<string, Instrument['brackets']> = new Map();

  constructor(sources: InstrumentSources, logger: Logger) {
    this.#sources = sources;
    this.#logger = logger;
  }

  get(symbol: string): Instrument | null {
    return this.#instruments.get(symbol) ?? null;
  }

  /** A key could read the brackets, but they have not been read yet. */
  get lacksBrackets(): boolean {
    return this.#sources.trading.canSign && this.#brackets.size === 0;
  }

  /** Rules change while we run; each load replaces them. Brackets need a key: without one risk uses the cautious fallback tier. */
  async load(): Promise<Result<number, ExchangeError>> {
    const { market } = this.#sources;
    const info = await market.call(RULES, exchangeInfoSchema, (client) => client.getExchangeInfo());
    if (!info.ok) return info;
    await this.#loadBrackets();
    let unreadable = info.value.symbols.malformed;
    for (const rules of info.value.symbols.rows) {
      if (rules.contractType !== 'PERPETUAL' || rules.quoteAsset !== 'USDT') continue;
      const instrument = toInstrument(rules, this.#brackets.get(rules.symbol) ?? []);
      if (instrument === null) unreadable += 1;
      else this.#instruments.set(rules.symbol, instrument);
    }
    for (let index = 0; index < unreadable; index += 1) market.count('contract rules');
    if (unreadable > 0) this.#logger.log('warn', 'exchange', `${unreadable} contracts have rules that were not understood; they are not traded.`);
    return ok(this.#instruments.size);
  }

  /** Reads brackets that were missed; true when the known contracts have them now. */
  async retryBrackets(): Promise<boolean> {
    await this.#loadBrackets();
    for (const [symbol, instrument] of this.#instruments)
      this.#instruments.set(symbol, { ...instrument, brackets: this.#brackets.get(symbol) ?? instrument.brackets });
    return !this.lacksBrackets;
  }

  /** A failed reading keeps the table of the last good one. */
  async #loadBrackets(): Promise<void> {
    const { trading, maySign } = this.#sources;
    if (!trading.canSign) return;
    if (await maySign()) {
      const brackets = await trading.call(BRACKETS, bracketsSchema, (client) => client.getNotionalAndLeverageBrackets());
      if (brackets.ok) {
        this.#brackets = toBrackets(brackets.value.rows);
        return;
      }
    }
    const instead = this.#brackets.size > 0 ? 'the last ones stay in force' : 'the cautious default table is used until they are';
    this.#logger.log('warn', 'exchange', `The leverage brackets could not be read; ${instead}.`);
  }
}
