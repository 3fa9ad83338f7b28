// What the trading key may do beyond trading, as a value the host can show: withdrawals, transfers, no address restriction.
import type { Agent } from 'node:http';
import { MainClient } from 'binance';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError } from '../../core/ports.ts';
import type { Secret } from '../runtime/secret.ts';
import { describeFailure } from './errors.ts';
import { notUnderstood } from './held-back.ts';
import { readThrown } from './thrown.ts';

/** Source: spot documentation, Get API Key Permission (`GET /sapi/v1/account/apiRestrictions`). */
const permissionsSchema = z.object({
  ipRestrict: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableFutures: z.boolean(),
  enableInternalTransfer: z.boolean().optional(),
  permitsUniversalTransfer: z.boolean().optional(),
});

export interface KeyPermissions {
  readonly canWithdraw: boolean;
  readonly canTransfer: boolean;
  readonly isAddressRestricted: boolean;
  readonly canTradeFutures: boolean;
  /** One sentence each with what to do; empty when the key is as narrow as it should be. */
  readonly warnings: readonly string[];
}

export interface PermissionRequest {
  /** The account host, which is not the futures host. */
  readonly baseUrl: string;
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
  readonly agent: Agent | null;
  readonly timeoutMs: number;
  /** Exchange time now, in milliseconds. */
  readonly timestamp: number;
}

/** Asks once; nothing is changed. A failure is no reason not to trade: the host shows that the check was not possible. */
export async function readKeyPermissions(request: PermissionRequest): Promise<Result<KeyPermissions, ExchangeError>> {
  const { baseUrl, apiKey, apiSecret, agent, timeoutMs, timestamp } = request;
  const client = new MainClient(
    {
      api_key: apiKey.reveal(),
      api_secret: apiSecret.reveal(),
      baseUrl,
      recvWindow: 5000,
      parseExceptions: false,
      disableTimeSync: true,
      beautifyResponses: false,
    },
    { timeout: timeoutMs, proxy: false, ...(agent === null ? {} : { httpsAgent: agent, httpAgent: agent }) },
  );
  client.setTimeOffset(timestamp - Date.now());
  try {
    const parsed = permissionsSchema.safeParse(await client.getApiKeyPermissions());
    if (!parsed.success) return err(notUnderstood('key permissions', parsed.error.issues[0]?.path.join('.') ?? '', false));
    const { ipRestrict, enableWithdrawals, enableFutures, enableInternalTransfer, permitsUniversalTransfer } = parsed.data;
    const facts = {
      canWithdraw: enableWithdrawals,
      canTransfer: enableInternalTransfer === true || permitsUniversalTransfer === true,
      isAddressRestricted: ipRestrict,
      canTradeFutures: enableFutures,
    };
    return ok({ ...facts, warnings: warningsOf(facts) });
  } catch (thrown) {
    return err(describeFailure(readThrown(thrown), false));
  }
}

function warningsOf({ canWithdraw, canTransfer, isAddressRestricted, canTradeFutures }: Omit<KeyPermissions, 'warnings'>): readonly string[] {
  const warnings: string[] = [];
  if (canWithdraw) warnings.push('This API key can withdraw money. Switch withdrawals off for it at Binance: the terminal never needs them.');
  if (canTransfer) warnings.push('This API key can move money between accounts. Switch transfers off for it at Binance: the terminal never needs them.');
  if (!isAddressRestricted) warnings.push('This API key works from every address. Restrict it at Binance to the address this machine or its proxy uses.');
  if (!canTradeFutures) warnings.push('This API key may not trade futures. Allow futures for it at Binance, or every order will be refused.');
  return warnings;
}
