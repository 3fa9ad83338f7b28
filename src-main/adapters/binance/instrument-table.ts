// The exchange's contracts and their rules, loaded from exchangeInfo and the bracket table.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, Logger } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { toBrackets, toInstrument } from './mapping.ts';
import { bracketsSchema, exchangeInfoSchema } from './schemas.ts';

export class InstrumentTable {
  readonly #market: Gateway;
  readonly #trading: Gateway;
  readonly #logger: Logger;
  readonly #instruments = new Map<string, Instrument>();

  constructor(gateways: { readonly market: Gateway; readonly trading: Gateway }, logger: Logger) {
    this.#market = gateways.market;
    this.#trading = gateways.trading;
    this.#logger = logger;
  }

  get(symbol: string): Instrument | null {
    return this.#instruments.get(symbol) ?? null;
  }

  /** Rules change while we run; each load replaces them. Brackets need a key: without one risk uses the cautious fallback tier. */
  async load(): Promise<Result<number, ExchangeError>> {
    const info = await this.#market.call({ name: 'exchange rules', weight: 1, priority: 'data', isMutation: false }, exchangeInfoSchema, (client) =>
      client.getExchangeInfo(),
    );
    if (!info.ok) return info;
    const brackets = this.#trading.canSign
      ? await this.#trading.call({ name: 'leverage brackets', weight: 1, priority: 'data', isMutation: false }, bracketsSchema, (client) =>
          client.getNotionalAndLeverageBrackets(),
        )
      : null;
    if (brackets !== null && !brackets.ok) this.#logger.log('warn', 'exchange', 'The leverage brackets could not be read; the cautious default table is used.');
    const table = brackets?.ok === true ? toBrackets(brackets.value) : new Map<string, Instrument['brackets']>();
    let unreadable = 0;
    for (const rules of info.value.symbols) {
      if (rules.contractType !== 'PERPETUAL' || rules.quoteAsset !== 'USDT') continue;
      const instrument = toInstrument(rules, table.get(rules.symbol) ?? []);
      if (instrument === null) unreadable += 1;
      else this.#instruments.set(rules.symbol, instrument);
    }
    if (unreadable > 0) this.#logger.log('warn', 'exchange', `${unreadable} contracts have rules that were not understood; they are not traded.`);
    return ok(this.#instruments.size);
  }
}
