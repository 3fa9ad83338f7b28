// Sets and verifies leverage and margin type of a symbol before an entry; "already set" is success.
import { inEnglish, say } from '../../../src-shared/contract/said.ts';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { leverageSchema } from './rest-schemas.ts';

const ALREADY_SET: readonly number[] = [-4046, -4059];

export interface SymbolSetup {
  readonly symbol: string;
  readonly leverage: number;
  readonly marginType: 'isolated' | 'cross';
}

export async function prepareSymbol(gateway: Gateway, { symbol, leverage, marginType }: SymbolSetup): Promise<Result<null, ExchangeError>> {
  const type = await gateway.call({ name: 'margin type', weight: 1, priority: 'trade', isMutation: true }, z.unknown(), (client) =>
    client.setMarginType({ symbol, marginType: marginType === 'isolated' ? 'ISOLATED' : 'CROSSED' }),
  );
  if (!type.ok && !(type.error.venueCode !== null && ALREADY_SET.includes(type.error.venueCode))) return type;
  const set = await gateway.call({ name: 'leverage', weight: 1, priority: 'trade', isMutation: true }, leverageSchema, (client) =>
    client.setLeverage({ symbol, leverage }),
  );
  if (!set.ok) return set;
  if (set.value.leverage === leverage) return ok(null);
  return err({
    code: 'rejected',
    outcome: 'not_executed',
    venueCode: null,
    detail: `asked ${leverage}, got ${set.value.leverage}`,
    uiMessage: inEnglish(say('exchange.otherLeverage', { set: set.value.leverage, wanted: leverage, symbol })),
  });
}
