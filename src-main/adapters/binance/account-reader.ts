// Reads the whole account for a reconciliation: balances, positions, regular and conditional orders, and all fills since a time.
import type { z } from 'zod';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Fill } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { CallPriority, ExchangeError, Logger, StateRequest, VenueAccount, VenueState } from '../../core/ports.ts';
import { toVenueAccount, toVenuePosition } from './account-mapping.ts';
import { readFunding } from './funding-history.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { notUnderstood } from './held-back.ts';
import { toAlgoReport, toFill, toOrderReport, type AssetPrice } from './order-mapping.ts';
import { accountSchema, algosSchema, dualSchema, ordersSchema, positionsSchema, tradesSchema } from './rest-schemas.ts';
import { readable } from './wire-units.ts';

const FILLS_PAGE = 1000;
/** Trades are asked for in windows: the exchange answers at most seven days at a time. Source: account trade list. */
const WINDOW_MS = 7 * 24 * 3_600_000 - 1;
/** History reaches back three months (change log of 2026-08-26). */
const OLDEST_MS = 89 * 24 * 3_600_000;

export interface AccountReaderOptions {
  readonly gateway: Gateway;
  readonly logger: Logger;
  readonly instrumentOf: (symbol: string) => Instrument | null;
  readonly priceOf: AssetPrice;
}

interface FillRequest {
  readonly since: number;
  readonly priority: CallPriority;
}

export class AccountReader {
  readonly #options: AccountReaderOptions;
  #hedgeMode = false;
  /** Until the account was read once nothing is known of its positions: that goes before everything but protection itself. */
  #urgency: CallPriority = 'close';

  constructor(options: AccountReaderOptions) {
    this.#options = options;
  }

  get hedgeMode(): boolean {
    return this.#hedgeMode;
  }

  /** The position mode is read, never assumed and never changed. */
  async readMode(): Promise<Result<boolean, ExchangeError>> {
    const dual = await this.#options.gateway.call(query('position mode', 30, this.#urgency), dualSchema, (client) => client.getCurrentPositionMode());
    if (!dual.ok) return dual;
    this.#hedgeMode = dual.value.dualSidePosition;
    return ok(this.#hedgeMode);
  }

  async readAccount(priority: CallPriority = this.#urgency): Promise<Result<VenueAccount, ExchangeError>> {
    const account = await this.#options.gateway.call(query('account', 5, priority), accountSchema, (client) => client.getAccountInformationV3());
    return account.ok ? this.#mapped('account', () => toVenueAccount(account.value, this.#hedgeMode)) : account;
  }

  /**
   * All or nothing: a state with a part missing would look like closed positions. The whole account costs 90 of the weight and 5 for the
   * fills of each symbol; single symbols cost 10 and 7 each, and go before everything that is not protection itself.
   */
  async readState({ scope, symbols, fillsSince, fundingSince }: StateRequest): Promise<Result<VenueState, ExchangeError>> {
    const { gateway } = this.#options;
    const time = epochMs(gateway.timestamp());
    const priority: CallPriority = scope === 'symbols' ? 'close' : this.#urgency;
    const [account, positions, orders, algos] = await Promise.all([
      this.readAccount(priority),
      gateway.call(query('positions', 5, priority), positionsSchema, (client) => client.getPositionsV3()),
      scope === 'account'
        ? gateway.call(query('open orders', 40, priority), ordersSchema, (client) => client.getAllOpenOrders())
        : all(symbols.map((symbol) => gateway.call(query('open orders', 1, priority), ordersSchema, (client) => client.getAllOpenOrders({ symbol })))),
      scope === 'account'
        ? gateway.call(query('open conditional orders', 40, priority), algosSchema, (client) => client.getOpenAlgoOrders())
        : all(
            symbols.map((symbol) => gateway.call(query('open conditional orders', 1, priority), algosSchema, (client) => client.getOpenAlgoOrders({ symbol }))),
          ),
    ]);
    if (!account.ok) return account;
    if (!positions.ok) return positions;
    if (!orders.ok) return orders;
    if (!algos.ok) return algos;
    // Fills are read last: they then explain at least what the positions show.
    const since = Math.max(fillsSince, time - OLDEST_MS);
    const fills = await all(symbols.map((symbol) => this.#readFills(symbol, { since, priority })));
    if (!fills.ok) return fills;
    // Without it the comparison still stands; it is asked for again.
    const funding = fundingSince === undefined ? null : await readFunding(gateway, Math.max(fundingSince, time - OLDEST_MS), priority);
    if (scope === 'account') this.#urgency = 'reconcile';
    const held = positions.value.filter((row) => Number(row.positionAmt) !== 0 && (scope === 'account' || symbols.includes(row.symbol)));
    return this.#mapped('account state', () => ({
      scope,
      symbols,
      time,
      account: account.value,
      fills: fills.value,
      ...(funding?.ok === true ? { funding: funding.value } : {}),
      positions: this.#known('position', held, toVenuePosition).filter((position) => position.lots !== 0),
      orders: [...this.#known('order', orders.value, toOrderReport), ...this.#known('conditional order', algos.value, toAlgoReport)],
    }));
  }

  async #readFills(symbol: string, request: FillRequest): Promise<Result<readonly Fill[], ExchangeError>> {
    const instrument = this.#options.instrumentOf(symbol);
    if (instrument === null) return ok([]);
    const read = await this.#readTrades(symbol, request);
    return read.ok ? this.#mapped('fills', () => read.value.map((trade) => toFill(trade, instrument, this.#options.priceOf))) : read;
  }

  /** Windows of seven days, pages of a thousand; a full page goes on at its last millisecond, and what comes twice is dropped by id. */
  async #readTrades(symbol: string, { since, priority }: FillRequest): Promise<Result<z.infer<typeof tradesSchema>, ExchangeError>> {
    const { gateway } = this.#options;
    const now = gateway.timestamp();
    const trades = new Map<string, z.infer<typeof tradesSchema>[number]>();
    for (let startTime = Math.min(since, now); startTime <= now;) {
      const endTime = startTime + WINDOW_MS;
      const from = startTime;
      const range = endTime >= now ? { startTime: from } : { startTime: from, endTime };
      const page = await gateway.call(query('fills', 5, priority), tradesSchema, (client) => client.getAccountTrades({ symbol, ...range, limit: FILLS_PAGE }));
      if (!page.ok) return page;
      for (const trade of page.value) trades.set(trade.id, trade);
      const last = Math.max(...page.value.map((trade) => trade.time));
      if (page.value.length < FILLS_PAGE) startTime = endTime + 1;
      else startTime = last > startTime ? last : last + 1;
    }
    return ok([...trades.values()].toSorted((a, b) => a.time - b.time));
  }

  /** Rows of contracts we have no rules for are not ours to trade, but never vanish unseen. */
  #known<R extends { readonly symbol: string }, T>(what: string, rows: readonly R[], map: (row: R, instrument: Instrument) => T): readonly T[] {
    const { instrumentOf, gateway, logger } = this.#options;
    return rows.flatMap((row) => {
      const instrument = instrumentOf(row.symbol);
      if (instrument !== null) return [map(row, instrument)];
      gateway.count(`${what} of an unlisted contract`);
      logger.log('warn', 'exchange', `The account has a ${what} in ${row.symbol}, which this terminal does not trade; look after it at the exchange.`);
      return [];
    });
  }

  #mapped<T>(name: string, map: () => T): Result<T, ExchangeError> {
    const value = readable(map);
    if (value !== null) return ok(value);
    this.#options.gateway.count(name);
    return err(notUnderstood(name, 'a number does not fit our units', false));
  }
}

/** The rows of several answers as one, or the first failure. */
async function all<T>(answers: readonly Promise<Result<readonly T[], ExchangeError>>[]): Promise<Result<readonly T[], ExchangeError>> {
  const rows: T[] = [];
  for (const answer of await Promise.all(answers)) {
    if (!answer.ok) return answer;
    rows.push(...answer.value);
  }
  return ok(rows);
}

function query(name: string, weight: number, priority: CallPriority = 'reconcile'): CallOptions {
  return { name, weight, priority, isMutation: false };
}
