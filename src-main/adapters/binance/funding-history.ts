// Funding payments from the income history: pages joined, and in hedge mode the leg each was paid for, worked out from the rate.
import type { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { CallPriority, ExchangeError, FundingPayment } from '../../core/ports.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { fundingRatesSchema, incomeSchema } from './rest-schemas.ts';
import { readable, toMoney } from './wire-units.ts';

export type IncomeRow = z.infer<typeof incomeSchema>[number];

export const INCOME_PAGE = 1000;
/** Seven days: no exchange call is known to answer less than that at a time. */
const WINDOW_MS = 7 * 24 * 3_600_000 - 1;
/** A settlement is booked within a minute of its time. */
const NEAR_MS = 60_000;
const HOUR_MS = 3_600_000;

/** One page of payments since a time, oldest first; to a time, or to the newest. */
export function readIncomePage(
  gateway: Gateway,
  range: { readonly startTime: number; readonly endTime?: number },
  priority: CallPriority,
): Promise<Result<readonly IncomeRow[], ExchangeError>> {
  const call: CallOptions = { name: 'funding history', weight: 30, priority, isMutation: false };
  const parameters = { ...range, startTime: Math.floor(range.startTime), incomeType: 'FUNDING_FEE' as const, limit: INCOME_PAGE };
  return gateway.call(call, incomeSchema, (client) => client.getIncomeHistory(parameters));
}

/** All payments since a time, each once: windows of seven days, pages of a thousand; a full page goes on at its last millisecond. */
export async function readFunding(gateway: Gateway, since: number, priority: CallPriority): Promise<Result<readonly FundingPayment[], ExchangeError>> {
  const now = gateway.timestamp();
  const rows = new Map<string, IncomeRow>();
  for (let startTime = Math.min(since, now); startTime <= now;) {
    const endTime = Math.floor(startTime) + WINDOW_MS;
    const page = await readIncomePage(gateway, endTime >= now ? { startTime } : { startTime, endTime }, priority);
    if (!page.ok) return err(page.error);
    for (const row of page.value) rows.set(`${row.symbol} ${row.tranId}`, row);
    const last = page.value.at(-1)?.time ?? endTime;
    if (page.value.length < INCOME_PAGE) startTime = endTime + 1;
    else startTime = last > startTime ? last : last + 1;
  }
  return ok(await toPayments(gateway, [...rows.values()]));
}

/** Payments in USDT that can be read. Two of one contract and hour are of both legs: then the settled rate tells which paid. */
export async function toPayments(gateway: Gateway, rows: readonly IncomeRow[]): Promise<readonly FundingPayment[]> {
  const groups = Map.groupBy(rows, ({ symbol, time }) => `${symbol} ${Math.round(time / HOUR_MS)}`);
  const payments: FundingPayment[] = [];
  for (const group of groups.values()) {
    const first = group[0];
    const rate = group.length > 1 && first !== undefined ? await rateAt(gateway, first) : null;
    for (const row of group) {
      const amount = row.asset === 'USDT' ? readable(() => toMoney(row.income)) : null;
      if (amount === null) continue;
      const positionSide = rate === null || rate === 0 ? null : amount < 0 === rate > 0 ? 'LONG' : 'SHORT';
      payments.push({ id: row.tranId, symbol: row.symbol, positionSide, amount, time: epochMs(row.time) });
    }
  }
  return payments;
}

/** The rate that was settled at about this time, or null. A positive rate is paid by longs. */
async function rateAt(gateway: Gateway, { symbol, time }: IncomeRow): Promise<number | null> {
  const call: CallOptions = { name: 'funding rates', weight: 0, priority: 'data', isMutation: false };
  const range = { symbol, startTime: time - NEAR_MS, endTime: time + NEAR_MS, limit: 10 };
  const answer = await gateway.call(call, fundingRatesSchema, (client) => client.getFundingRateHistory(range));
  return answer.ok ? (answer.value.at(-1)?.fundingRate ?? null) : null;
}
