// Funding that was paid while nobody ran: the engine asks for it at the comparison of a start with positions, until it has been told.
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Engine } from '../../../src-main/core/engine/engine.ts';
import type { EngineEffect, EngineInput, EngineOutput } from '../../../src-main/core/engine/messages.ts';
import type { FundingPayment } from '../../../src-main/core/ports.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { EngineBench, HEALTHY } from './bench.ts';

type Reconcile = Extract<EngineEffect, { kind: 'reconcile' }>;

function accountRequests(output: EngineOutput): readonly Reconcile[] {
  return output.effects.filter((effect): effect is Reconcile => effect.kind === 'reconcile' && effect.scope === 'account');
}

/** A terminal with one long position that ended without a word; gives the engine of the next start. */
function killed(): { readonly bench: EngineBench; readonly reborn: Engine; readonly openedAt: EpochMs; readonly amount: number } {
  const bench = new EngineBench().warmUp();
  bench.command({ kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null });
  const entry = prepared(bench);
  bench.fill(entry);
  const position = bench.engine.state() as {
    readonly desk: { readonly positions: readonly { readonly position: { readonly openedAt: EpochMs; readonly lots: number } }[] };
  };
  const held = position.desk.positions[0]?.position;
  if (held === undefined) throw new Error('no position');
  return { bench, reborn: bench.reborn(), openedAt: held.openedAt, amount: held.lots };
}

function prepared(bench: EngineBench): ReturnType<EngineBench['intents']>[number] {
  const prepare = bench.effects.findLast((effect) => effect.kind === 'prepare-symbol');
  if (prepare?.kind !== 'prepare-symbol') throw new Error('no preparation');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: ok(null) });
  const entry = bench.intents().at(-1);
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

describe('the first comparison after a start', () => {
  it('asks for the funding since its oldest position, until it has been told', () => {
    const { bench, reborn, openedAt, amount } = killed();
    let now = epochMs(openedAt + 9 * 3_600_000);
    const send = (input: Record<string, unknown>): EngineOutput => reborn.process({ ...input, at: now } as EngineInput);
    const answer = (request: Reconcile, funding?: readonly FundingPayment[]): EngineOutput =>
      send({
        kind: 'reconciled',
        request,
        result: ok({
          scope: 'account',
          symbols: [],
          time: now,
          account: { wallet: moneyFromUsdt(9950), unrealised: money(0), available: moneyFromUsdt(9000), marginUsed: money(0), hedgeMode: false },
          positions: [
            {
              symbol: 'BTCUSDT',
              positionSide: 'BOTH',
              lots: lots(amount),
              entryPrice: 60_000,
              markPrice: 60_000,
              unrealised: money(0),
              liquidationPrice: null,
              leverage: 3,
              isolated: true,
              initialMargin: money(0),
            },
          ],
          orders: [],
          fills: [],
          ...(funding === undefined ? {} : { funding }),
        }),
      });
    const next = (seconds: number): Reconcile => {
      for (let waited = 0; waited < seconds * 4; waited += 1) {
        now = epochMs(now + 250);
        const [request] = accountRequests(send({ kind: 'pulse', exchange: HEALTHY }));
        if (request !== undefined) return request;
      }
      throw new Error('no comparison was asked for');
    };
    send({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] } });
    const first = next(10);
    expect(first.fundingSince).toBe(openedAt);
    answer(first);
    const second = next(120);
    expect(second.fundingSince, 'it could not be read').toBe(openedAt);
    const told = answer(second, [{ id: '7', symbol: 'BTCUSDT', positionSide: null, amount: moneyFromUsdt(-50), time: epochMs(openedAt + 3_600_000) }]);
    const shown = bench.positions(told).find(({ symbol }) => symbol === 'BTCUSDT');
    expect(shown?.funding).toBe(moneyFromUsdt(-50));
    expect(next(120).fundingSince).toBeUndefined();
  });

  it('asks for none when nothing is open', () => {
    const bench = new EngineBench();
    bench.send({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] } });
    expect(accountRequests(bench.wait(250)).map(({ fundingSince }) => fundingSince)).toEqual([undefined]);
  });
});
