// Account, positions and their changes: from the exchange's answers and events to our view of them.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { epochMs, money, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import type { AccountPositionChange, VenueAccount, VenuePosition } from '../../core/ports.ts';
import type { z } from 'zod';
import type { accountSchema, positionsSchema } from './rest-schemas.ts';
import type { accountEventSchema } from './stream-schemas.ts';
import { signedLots, toMoney } from './wire-units.ts';

export function toVenuePosition(row: z.infer<typeof positionsSchema>[number], instrument: Instrument): VenuePosition {
  return {
    symbol: row.symbol,
    positionSide: row.positionSide,
    lots: signedLots(instrument, row.positionAmt),
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    unrealised: toMoney(row.unRealizedProfit),
    liquidationPrice: row.liquidationPrice > 0 ? row.liquidationPrice : null,
    leverage: row.leverage ?? leverageOf(row),
    isolated: row.marginType === 'isolated' || Number(row.isolatedWallet ?? 0) > 0,
    initialMargin: toMoney(row.initialMargin ?? '0'),
  };
}

/** The current answer no longer carries the leverage: it is notional over the position's own initial margin. 0 when flat. */
function leverageOf({ notional, positionInitialMargin }: z.infer<typeof positionsSchema>[number]): number {
  const margin = Number(positionInitialMargin ?? 0);
  return notional === undefined || margin <= 0 ? 0 : Math.max(1, Math.round(Math.abs(notional) / margin));
}

export function toVenueAccount(row: z.infer<typeof accountSchema>, hedgeMode: boolean): VenueAccount {
  return {
    wallet: toMoney(row.totalWalletBalance),
    unrealised: toMoney(row.totalUnrealizedProfit),
    available: toMoney(row.availableBalance),
    marginUsed: toMoney(row.totalInitialMargin),
    hedgeMode,
  };
}

export interface AccountUpdate {
  readonly time: EpochMs;
  readonly reason: string;
  readonly wallet: Money | null;
  readonly funding: Money;
  readonly fundingSymbol?: string;
  readonly positions: readonly AccountPositionChange[];
}

export function toAccountUpdate(event: z.infer<typeof accountEventSchema>, instrumentOf: (symbol: string) => Instrument | null): AccountUpdate {
  const balance = event.a.B?.find((entry) => entry.a === 'USDT');
  return {
    time: epochMs(event.T),
    reason: event.a.m,
    wallet: balance === undefined ? null : toMoney(balance.wb),
    ...(event.a.m === 'FUNDING_FEE' && event.a.S !== undefined ? { fundingSymbol: event.a.S } : {}),
    funding: event.a.m === 'FUNDING_FEE' && balance !== undefined ? toMoney(balance.bc) : money(0),
    positions: (event.a.P ?? []).flatMap((entry) => {
      const instrument = instrumentOf(entry.s);
      return instrument === null
        ? []
        : [{ symbol: entry.s, positionSide: entry.ps, lots: signedLots(instrument, entry.pa), entryPrice: entry.ep, unrealised: toMoney(entry.up) }];
    }),
  };
}
