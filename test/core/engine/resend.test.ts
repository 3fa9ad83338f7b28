// An entry that waits for its next try is held to what stops new entries: the trading state, and for automation its pauses.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src-shared/contract/commands.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { EngineBench } from './bench.ts';

/** A position opened by hand whose entry was refused for a moment; gives what leaves for it afterwards. */
function entriesAfter(...commands: readonly Command[]): number {
  const bench = new EngineBench().warmUp();
  bench.command({ kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null });
  const prepare = bench.effects.findLast((effect) => effect.kind === 'prepare-symbol');
  if (prepare?.kind !== 'prepare-symbol') throw new Error('nothing was prepared');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: ok(null) });
  const entry = bench.intents().at(-1);
  if (entry === undefined) throw new Error('no entry was sent');
  const error = { code: 'unavailable', outcome: 'not_executed', venueCode: -1008, detail: '', uiMessage: 'The exchange is overloaded.' } as const;
  bench.send({ kind: 'submitted', clientOrderId: entry.clientOrderId, result: err(error) });
  for (const command of commands) bench.command(command);
  const before = bench.intents().length;
  for (let quarters = 0; quarters < 20; quarters += 1) {
    const { effects } = bench.wait(250);
    for (const effect of effects) if (effect.kind === 'query') bench.send({ kind: 'queried', clientOrderId: effect.clientOrderId, result: ok(null) });
  }
  return bench
    .intents()
    .slice(before)
    .filter(({ clientOrderId }) => clientOrderId === entry.clientOrderId).length;
}

describe('an entry that waits for its next try', () => {
  it('leaves again while nothing forbids it', () => {
    expect(entriesAfter()).toBe(1);
  });

  it.each(['reducing', 'halted'] as const)('is given up when trading is %s meanwhile', (state) => {
    expect(entriesAfter({ kind: 'set-trading-state', state })).toBe(0);
  });

  it('is given up when everything is flattened meanwhile', () => {
    expect(entriesAfter({ kind: 'flatten-all' })).toBe(0);
  });

  it('of a person leaves although automation or the symbol is paused', () => {
    expect(entriesAfter({ kind: 'pause-symbol', symbol: 'BTCUSDT' }, { kind: 'pause-automation' })).toBe(1);
  });
});
