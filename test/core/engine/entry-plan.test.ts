// Stop and target of an entry that rests, moved by hand: checked again, journalled with before and after, kept over a restart.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src-shared/contract/commands.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { EngineBench } from './bench.ts';

const LIMIT: Command = { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 580_000, target: null, limit: 590_000 };

/** A long limit entry at 59 000 with its stop at 58 000 and its target at 61 000, while the price is 60 000. */
function resting(settings: Readonly<Record<string, number>> = {}): { readonly bench: EngineBench; readonly positionId: string; readonly entry: OrderIntent } {
  const bench = new EngineBench().warmUp();
  if (Object.keys(settings).length > 0) bench.command({ kind: 'update-settings', changes: settings });
  bench.command(LIMIT);
  const prepare = bench.effects.find((effect) => effect.kind === 'prepare-symbol');
  if (prepare === undefined) throw new Error('nothing was prepared');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: { ok: true, value: null } });
  const [entry] = bench.intents();
  if (entry === undefined) throw new Error('no entry was sent');
  bench.acknowledge(entry);
  return { bench, positionId: prepare.positionId, entry };
}

const answerOf = (bench: EngineBench, command: Command): string => {
  const { answer } = bench.command(command);
  return answer.ok ? `accepted: ${answer.value.message}` : `${answer.error.code}: ${answer.error.uiMessage}`;
};

const planOf = (bench: EngineBench): Position => {
  const shown = bench.records.findLast((record) => record.kind === 'position')?.data as { readonly position: Position };
  return shown.position;
};

describe('the plan of an entry that rests', () => {
  it('is moved without a word to the venue; the journal says who, from where and to where, and is synced before the answer', () => {
    const { bench, positionId } = resting();
    const effects = bench.effects.length;
    const { answer, output } = bench.command({ kind: 'move-plan', positionId, stop: 578_000, target: 630_000 });
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && answer.value.message).toMatch(
      /^The entry on BTCUSDT now has its stop at 57800 and its target at 63000; at its stop it loses [\d.]+ USDT/,
    );
    expect(output.durable).toBe(true);
    expect(bench.effects.slice(effects).map((effect) => effect.kind)).toEqual(['answer-command']);
    expect(planOf(bench)).toMatchObject({ phase: 'opening', stop: ticks(578_000), target: ticks(630_000), riskPerUnit: 1200 });
    const summaries = output.records.map((record) => record.summary);
    expect(summaries[0]).toBe('BTCUSDT: plan of the entry moved by hand from stop 580000, target 610000 to stop 578000, target 630000');
    expect(summaries[1]).toMatch(/^screen 1: move-plan → The entry on BTCUSDT now has its stop/);
  });

  it('shows the risk it has now: the loss at the new stop, of the whole order, costs included', () => {
    const { bench, positionId, entry } = resting();
    const before = planOf(bench).sizing;
    bench.command({ kind: 'move-plan', positionId, stop: 578_000 });
    const after = planOf(bench).sizing;
    // 200 USDT farther a coin.
    expect((after?.lossAtStop ?? 0) - (before?.lossAtStop ?? 0)).toBeCloseTo(entry.lots * 0.001 * 200 * 1e8, -4);
    expect(after?.lossAtStopFraction).toBeCloseTo((after?.lossAtStop ?? 0) / 1e8 / 10_000, 9);
  });

  it('goes to the venue with the fill, and no restart before it loses the move', () => {
    const { bench, positionId, entry } = resting();
    bench.command({ kind: 'move-plan', positionId, stop: 578_000, target: 630_000 });
    bench.engine = bench.reborn();
    bench.warmUp();
    bench.fill(entry);
    const sent = bench.intents().slice(1);
    for (const intent of sent) bench.acknowledge(intent);
    expect(bench.intents().map(({ purpose, trigger }) => [purpose, trigger])).toEqual([
      ['entry', null],
      ['stop', ticks(578_000)],
      ['target', ticks(630_000)],
    ]);
  });

  it.each([
    ['move-stop', 578_000, { stop: ticks(578_000), target: ticks(610_000) }],
    ['move-target', 640_000, { stop: ticks(580_000), target: ticks(640_000) }],
  ] as const)('is moved by %s too, as the stop and target of an open position are', (kind, price, levels) => {
    const { bench, positionId } = resting();
    expect(answerOf(bench, { kind, positionId, price })).toMatch(/^accepted: The entry on BTCUSDT now has its stop at/);
    expect(planOf(bench)).toMatchObject(levels);
  });

  it.each([
    ['a stop above the entry', { stop: 590_500 }, /^plan\.stop_wrong_side/],
    ['a stop at the entry', { stop: 590_000 }, /^plan\.stop_wrong_side/],
    ['a target at the entry', { target: 590_000 }, /^plan\.stop_wrong_side/],
    ['a stop too close', { stop: 589_900 }, /^plan\.stop_too_close/],
    ['a stop too far', { stop: 400_000 }, /^plan\.stop_too_far/],
    ['what it is already', { stop: 580_000, target: 610_000 }, /^plan\.unchanged: Stop and target are there already/],
    ['nothing', {}, /^plan\.unchanged/],
  ])('is not changed to %s, and stays as it was', (_what, levels, message) => {
    const { bench, positionId } = resting();
    const before = planOf(bench);
    expect(answerOf(bench, { kind: 'move-plan', positionId, ...levels })).toMatch(message);
    expect(planOf(bench)).toEqual(before);
  });

  it('is refused where the whole order would lose more than the limit at its new stop, with what the limit leaves', () => {
    const { bench, positionId, entry } = resting({ riskPerTradePercent: 0.3 });
    const before = planOf(bench);
    const answer = answerOf(bench, { kind: 'move-plan', positionId, stop: 560_000 });
    expect(answer).toMatch(/^plan\.too_large: With its stop at 56000 the limit risk per trade leaves \d+ lots, and the entry has \d+\. Nothing was done/);
    expect(answer).toContain(`the entry has ${entry.lots}.`);
    expect(planOf(bench)).toEqual(before);
  });

  it('takes a nearer stop whatever the limits say meanwhile: it only lowers the loss', () => {
    const { bench, positionId } = resting();
    bench.command({ kind: 'update-settings', changes: { riskPerTradePercent: 0.1 } });
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 577_000 })).toMatch(/^plan\.(too_large|risk_per_trade)/);
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 583_000 })).toMatch(/^accepted/);
  });

  it('waits for a move of the entry that is under way', () => {
    const { bench, positionId } = resting();
    bench.command({ kind: 'move-entry', positionId, price: 588_000 });
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 578_000 })).toMatch(/^plan\.order_pending/);
  });

  it('makes the entry the person’s: it does not run out of time', () => {
    const { bench, positionId } = resting();
    bench.command({ kind: 'move-plan', positionId, stop: 578_000 });
    bench.wait(600_000);
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
  });

  it('is no longer a plan when the entry has filled: the stop is moved as that of any open position', () => {
    const { bench, positionId, entry } = resting();
    bench.price(59_000);
    bench.fill(entry);
    for (const intent of bench.intents().slice(1)) bench.acknowledge(intent);
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 578_000 })).toMatch(/^plan\.not_resting/);
    expect(answerOf(bench, { kind: 'move-stop', positionId, price: 578_000 })).toMatch(/^accepted: The new stop on BTCUSDT is being placed/);
  });
});

describe('the plan of an entry that is filled in part', () => {
  /** Part of the entry has filled at 59 000 and its stop rests. */
  function partly(): ReturnType<typeof resting> & { readonly stop: OrderIntent } {
    const setUp = resting();
    setUp.bench.price(59_000);
    setUp.bench.fill(setUp.entry, Math.floor(setUp.entry.lots / 2));
    const stop = setUp.bench.intents().find(({ purpose }) => purpose === 'stop');
    if (stop === undefined) throw new Error('no stop was sent');
    setUp.bench.acknowledge(stop);
    return { ...setUp, stop };
  }

  it('gets its real stop moved: the new one rests before the old one goes, and the rest of the entry has the new plan', () => {
    const { bench, positionId, entry, stop } = partly();
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 578_000 })).toMatch(/^accepted/);
    const next = bench.intents().at(-1);
    expect(next).toMatchObject({ purpose: 'stop', trigger: ticks(578_000), lots: lots(Math.floor(entry.lots / 2)), reduceOnly: true });
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    if (next === undefined) return;
    bench.acknowledge(next);
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toMatchObject([{ clientOrderId: stop.clientOrderId }]);
    expect(planOf(bench)).toMatchObject({ stop: ticks(578_000), phase: 'open' });
  });

  it('does not take a stop the price has passed, and leaves the old one in force', () => {
    const { bench, positionId } = partly();
    bench.price(58_500);
    const sent = bench.intents().length;
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 585_500 })).toMatch(/^stop\.refused: A stop at 58550 would trigger at once/);
    expect(bench.intents()).toHaveLength(sent);
    expect(planOf(bench).stop).toBe(ticks(580_000));
  });

  it('does not take a target the price has passed', () => {
    const { bench, positionId } = partly();
    bench.price(61_000);
    expect(answerOf(bench, { kind: 'move-plan', positionId, target: 605_000 })).toMatch(/^target\.refused: A target at 60500 would trigger at once/);
  });

  it('is not moved again before the venue has the first move', () => {
    const { bench, positionId } = partly();
    bench.command({ kind: 'move-plan', positionId, stop: 578_000 });
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 577_000 })).toMatch(/^stop\.refused: The stop is already being moved/);
  });

  it('is refused while the fills the venue told of are not here: how much its stop must cover is not known', () => {
    const { bench, positionId, entry } = resting();
    bench.send({
      kind: 'queried',
      clientOrderId: entry.clientOrderId,
      result: { ok: true, value: { ...bench.reportOf(entry), status: 'partially_filled', filledLots: lots(1) } },
    });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'stop', closePosition: true });
    expect(answerOf(bench, { kind: 'move-plan', positionId, stop: 578_000 })).toMatch(/^plan\.order_pending/);
  });
});
