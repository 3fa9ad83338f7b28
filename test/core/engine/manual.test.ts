// What a person can do to the engine: open, close, move, take over, pause, flatten; each answered in words and journalled.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src-shared/contract/commands.ts';
import { epochMs, ticks } from '../../../src-shared/kernel/units.ts';
import { inWords } from '../../../src-renderer/i18n/sentences.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { EngineBench, HEALTHY } from './bench.ts';

const OPEN: Command = { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null };

/** An open, protected position made by hand; gives its id. */
function opened(bench: EngineBench): string {
  bench.command(OPEN);
  const prepare = bench.effects.find((effect) => effect.kind === 'prepare-symbol');
  if (prepare === undefined) throw new Error('nothing was prepared');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: { ok: true, value: null } });
  const [entry] = bench.intents();
  if (entry === undefined) throw new Error('no entry was sent');
  bench.fill(entry);
  for (const intent of bench.intents().filter((candidate) => candidate.purpose === 'stop' || candidate.purpose === 'target')) bench.acknowledge(intent);
  for (const intent of bench.intents().filter((candidate) => candidate.purpose === 'target')) bench.acknowledge(intent);
  return prepare.positionId;
}

const refusal = (bench: EngineBench, command: Command): string => {
  const { answer } = bench.command(command);
  return answer.ok ? `accepted: ${answer.value.message}` : `${answer.error.code}: ${answer.error.uiMessage}`;
};

describe('opening by hand', () => {
  it('is sized by the risk manager, protected like any other, and belongs to the person', () => {
    const bench = new EngineBench().warmUp();
    const { answer } = bench.command(OPEN);
    expect(answer.ok ? answer.value.message : answer.error.uiMessage).toMatch(/Opening BTCUSDT long at 3× leverage; 0\.\d+ % of equity is lost at the stop/);
    const id = opened(new EngineBench().warmUp());
    expect(id).toMatch(/^ptk7x/);
    const traded = new EngineBench().warmUp();
    opened(traded);
    expect(traded.intents().map((intent) => [intent.purpose, intent.closePosition, intent.trigger])).toEqual([
      ['entry', false, null],
      ['stop', true, ticks(594_000)],
      ['target', false, ticks(612_000)],
    ]);
    const [position] = traded.positions(traded.wait(250));
    expect(position).toMatchObject({ origin: 'manual', control: 'mine', protection: 'protected', side: 'long' });
  });

  it('is announced as opened by hand, with its levels, and not as a signal of some confidence', () => {
    const bench = new EngineBench().warmUp();
    const { output } = bench.command(OPEN);
    const told = output.effects.flatMap((effect) => (effect.kind === 'notify' && effect.notification.topic === 'trade' ? [effect.notification.text] : []));
    expect(told).toEqual(['Opened by hand; stop 59400.0, target 61200.0.']);
    expect(inWords(told[0] ?? '', 'zh-CN')).toBe('手动开仓；止损 59400.0，止盈 61200.0。');
  });

  it('works while automation is paused, the symbol is paused and the symbol has just lost', () => {
    const bench = new EngineBench().warmUp();
    bench.command({ kind: 'pause-automation' });
    bench.command({ kind: 'pause-symbol', symbol: 'BTCUSDT' });
    expect(refusal(bench, OPEN)).toMatch(/^accepted/);
  });

  it.each([
    [
      'the trading state',
      (bench: EngineBench) => bench.command({ kind: 'set-trading-state', state: 'halted' }),
      OPEN,
      /^open\.trading_halted: Trading is halted/,
    ],
    ['reduce-only', (bench: EngineBench) => bench.command({ kind: 'set-trading-state', state: 'reducing' }), OPEN, /^open\.trading_reducing/],
    ['a stop on the wrong side', () => undefined, { ...OPEN, stop: 606_000 }, /^open\.stop_wrong_side: Stop or target is on the wrong side/],
    ['a stop that is too close', () => undefined, { ...OPEN, stop: 599_990 }, /^open\.stop_too_close/],
    ['a stop that is too far', () => undefined, { ...OPEN, stop: 300_000 }, /^open\.stop_too_far/],
    ['an unknown contract', () => undefined, { ...OPEN, symbol: 'NOPEUSDT' }, /^open\.unknown_symbol: NOPEUSDT is not watched/],
  ] as const)('is refused by %s, in words, and sends nothing', (_what, before, command, message) => {
    const bench = new EngineBench().warmUp();
    before(bench);
    expect(refusal(bench, command as Command)).toMatch(message);
    expect(bench.effects.filter((effect) => effect.kind === 'prepare-symbol' || effect.kind === 'submit')).toEqual([]);
  });

  it('L29 no hand moves a hard cap: size stays within risk per trade and margin', () => {
    const bench = new EngineBench({ settings: { riskPerTradePercent: 0.5, maxMarginPercent: 5, baseMarginPercent: 5 } }).warmUp();
    opened(bench);
    const [position] = bench.positions(bench.wait(250));
    expect(position?.sizing?.lossAtStopFraction ?? 1).toBeLessThanOrEqual(0.005);
    expect(position?.sizing?.marginFraction ?? 1).toBeLessThanOrEqual(0.05);
  });

  it('is refused in live mode while real orders are switched off', () => {
    const bench = new EngineBench({ mode: 'live' }).warmUp();
    expect(refusal(bench, OPEN)).toMatch(/^open\.mode_forbids_orders/);
  });

  it('a second one on the same contract is refused', () => {
    const bench = new EngineBench().warmUp();
    opened(bench);
    expect(refusal(bench, OPEN)).toMatch(/^open\.position_exists/);
    expect(refusal(bench, { ...OPEN, side: 'short', stop: 606_000 } as Command)).toMatch(/^open\.opposing_position/);
  });
});

describe('pauses and modes in the hands of a person', () => {
  it('pause and resume automation, on the screen and in the journal', () => {
    const bench = new EngineBench().warmUp();
    const shown = (output: ReturnType<EngineBench['send']>): readonly string[] =>
      output.events.flatMap((event) => (event.kind === 'session' ? [event.session.automation] : []));
    expect(shown(bench.command({ kind: 'pause-automation' }).output)).toEqual(['paused']);
    expect(shown(bench.command({ kind: 'resume-automation' }).output)).toEqual(['running']);
    expect(bench.records.filter((record) => record.kind === 'automation').map((record) => record.summary)).toEqual([
      'Automation paused by hand',
      'Automation running by hand',
    ]);
  });

  it('pause and resume a symbol; a restart knows the last word', () => {
    const bench = new EngineBench().warmUp();
    const paused = (): unknown => (bench.engine.state() as { readonly pausedSymbols: readonly string[] }).pausedSymbols;
    expect(refusal(bench, { kind: 'pause-symbol', symbol: 'BTCUSDT' })).toBe('accepted: BTCUSDT is paused.');
    expect(paused()).toEqual(['BTCUSDT']);
    expect(refusal(bench, { kind: 'resume-symbol', symbol: 'BTCUSDT' })).toBe('accepted: BTCUSDT is traded again.');
    expect(paused()).toEqual([]);
    expect((bench.reborn().state() as { readonly pausedSymbols: readonly string[] }).pausedSymbols).toEqual([]);
  });

  it('the strategy mode changes while running, is shown and saved, with what it was before in the journal', () => {
    const bench = new EngineBench().warmUp();
    const { output } = bench.command({ kind: 'set-strategy-mode', mode: 'ict' });
    expect(output.effects.find((effect) => effect.kind === 'save-settings')).toMatchObject({ settings: { strategyMode: 'ict' } });
    expect(bench.records.find((record) => record.kind === 'settings')).toMatchObject({
      data: { before: { strategyMode: 'hybrid' }, after: { strategyMode: 'ict' } },
    });
  });
});

describe('an open position in the hands of a person', () => {
  it('is closed whole', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    expect(refusal(bench, { kind: 'close-position', positionId, fraction: 1 })).toBe('accepted: Closing BTCUSDT at the market.');
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'close', side: 'SELL', reduceOnly: true });
  });

  it('is closed in part', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    const whole = bench.intents()[0]?.lots ?? 0;
    bench.command({ kind: 'close-position', positionId, fraction: 0.5 });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'reduce', lots: Math.floor(whole / 2) });
  });

  it('is added to: one more entry of the size the risk manager leaves, under the same stop, and the target follows', () => {
    const bench = new EngineBench({ settings: { riskPerTradePercent: 5 } }).warmUp();
    const positionId = opened(bench);
    const first = bench.intents()[0]?.lots ?? 0;
    const words = refusal(bench, { kind: 'add-to-position', positionId, fraction: 0.5 });
    expect(words).toMatch(/^accepted: Adding \d+ lots to BTCUSDT at the market.*At its stop the whole position then loses \d+\.\d\d USDT/);
    const addition = bench.intents().at(-1);
    if (addition?.purpose !== 'entry') throw new Error('no addition was sent');
    expect(refusal(bench, { kind: 'add-to-position', positionId, fraction: 0.5 })).toMatch(/^add\.order_pending/);
    const [grown] = bench.positions(bench.fill(addition)).slice(-1);
    expect(grown).toMatchObject({ lots: first + addition.lots, protection: 'protected', phase: 'open' });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'target', lots: first + addition.lots });
    expect(bench.records.find((record) => record.kind === 'command' && record.summary.includes('add-to-position'))).toMatchObject({ positionId });
  });

  it('L24 fills of an addition that were lost on the stream are fetched when the venue says more was filled', () => {
    const bench = new EngineBench({ settings: { riskPerTradePercent: 5 } }).warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'add-to-position', positionId, fraction: 0.5 });
    const addition = bench.intents().at(-1);
    if (addition?.purpose !== 'entry') throw new Error('no addition was sent');
    const output = bench.filledWithoutFills(addition);
    expect(output.effects.filter((effect) => effect.kind === 'reconcile')).toMatchObject([{ scope: 'symbols', symbols: ['BTCUSDT'] }]);
  });

  it('is not added to when the limits leave nothing, and the refusal says which', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'set-trading-state', state: 'reducing' });
    expect(refusal(bench, { kind: 'add-to-position', positionId, fraction: 1 })).toBe(
      'add.trading_reducing: Positions may only be reduced now. Nothing was done.',
    );
  });

  it('has its stop moved: the new one rests before the old is cancelled', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'move-stop', positionId, price: 596_000 });
    const moved = bench.intents().at(-1);
    expect(moved).toMatchObject({ purpose: 'stop', trigger: 596_000 });
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    if (moved !== undefined) bench.acknowledge(moved);
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toHaveLength(1);
  });

  it('keeps its stop when the new one would trigger at once', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    expect(refusal(bench, { kind: 'move-stop', positionId, price: 601_000 })).toMatch(
      /^stop\.refused: .* would trigger at once: .* The old stop stays in force\./,
    );
  });

  it('has its target moved', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'move-target', positionId, price: 615_000 });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'target', trigger: 615_000 });
    expect(refusal(bench, { kind: 'move-target', positionId, price: 599_000 })).toMatch(/^target\.refused/);
  });

  it('its protecting stop cannot be cancelled, only moved', () => {
    const bench = new EngineBench().warmUp();
    opened(bench);
    const stop = bench.intents().find((intent) => intent.purpose === 'stop');
    expect(refusal(bench, { kind: 'cancel-order', clientOrderId: stop?.clientOrderId ?? '' })).toMatch(/^order\.protects/);
  });

  it('automation never moves the stop of a position that is mine, and does so after it was handed back', () => {
    const bench = new EngineBench({ settings: { breakEvenEnabled: true, breakEvenTriggerR: 0.3 } }).warmUp();
    const positionId = opened(bench);
    bench.price(60_800);
    const before = bench.intents().length;
    for (let round = 0; round < 20; round += 1) bench.wait(500);
    expect(bench.intents()).toHaveLength(before);
    bench.command({ kind: 'hand-back', positionId });
    for (let round = 0; round < 20; round += 1) bench.wait(500);
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'stop', trigger: 600_000 });
  });

  it('is flattened with everything else, and automation pauses', () => {
    const bench = new EngineBench().warmUp();
    opened(bench);
    const { output } = bench.command({ kind: 'flatten-all' });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'close' });
    expect(output.events.find((event) => event.kind === 'session')).toMatchObject({ session: { automation: 'paused' } });
  });

  it('is flattened by its symbol; another symbol has nothing to close', () => {
    const bench = new EngineBench().warmUp();
    opened(bench);
    expect(refusal(bench, { kind: 'flatten-symbol', symbol: 'ETHUSDT' })).toBe('accepted: There is nothing to close.');
    expect(refusal(bench, { kind: 'flatten-symbol', symbol: 'BTCUSDT' })).toMatch(/^accepted: Closing 1 position/);
  });

  it('every action is journalled with who, the command and the answer', () => {
    const bench = new EngineBench().warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'take-over', positionId });
    expect(bench.records.filter((record) => record.kind === 'command').at(-1)).toMatchObject({
      positionId,
      summary: 'screen 1: take-over → BTCUSDT is yours; its stop and target stay.',
      data: { who: 'screen 1', command: { kind: 'take-over', positionId } },
    });
  });

  it('acting on a position that is gone is refused', () => {
    const bench = new EngineBench().warmUp();
    for (const command of [
      { kind: 'close-position', positionId: 'gone', fraction: 1 },
      { kind: 'move-stop', positionId: 'gone', price: 1 },
      { kind: 'take-over', positionId: 'gone' },
    ] as const)
      expect(refusal(bench, command)).toMatch(/^position\.closed/);
  });
});

describe('settings by hand', () => {
  it('change at once and are saved; a bad one changes nothing', () => {
    const bench = new EngineBench().warmUp();
    expect(refusal(bench, { kind: 'update-settings', changes: { maxPositions: 2 } })).toBe('accepted: Saved.');
    expect(bench.effects.find((effect) => effect.kind === 'save-settings')).toMatchObject({ settings: { maxPositions: 2 } });
    expect(refusal(bench, { kind: 'update-settings', changes: { maxPositions: -2 } })).toMatch(/^settings\.refused: maxPositions is -2.*Nothing was changed\./);
  });

  it('a password typed into the proxy address reaches neither answer nor journal', () => {
    const bench = new EngineBench().warmUp();
    bench.command({ kind: 'update-settings', changes: { proxyUrl: 'http://me:hunter2@127.0.0.1:1' } });
    expect(JSON.stringify([bench.records, bench.effects])).not.toContain('hunter2');
  });

  it('a restart knows what the hand did: pauses, trading state, positions', () => {
    const bench = new EngineBench().warmUp();
    opened(bench);
    bench.command({ kind: 'pause-symbol', symbol: 'BTCUSDT' });
    bench.command({ kind: 'pause-automation' });
    bench.command({ kind: 'set-trading-state', state: 'reducing' });
    const state = bench.reborn().state() as { automation: string; pausedSymbols: string[]; desk: { positions: { position: { control: string } }[] } };
    expect(state).toMatchObject({ automation: 'paused', pausedSymbols: ['BTCUSDT'] });
    expect(state.desk.positions[0]?.position.control).toBe('mine');
  });
});

describe('the time exit', () => {
  it.each([
    ['in profit', 60_700],
    ['in loss', 59_700],
  ])('L30 closes a position of the rules at its hour, %s, even while the exchange is throttled', (_what, price) => {
    const bench = new EngineBench({ settings: { timeExitHours: 1 } }).warmUp();
    const positionId = opened(bench);
    bench.command({ kind: 'hand-back', positionId });
    bench.price(price);
    bench.wait(59 * 60_000);
    expect(bench.intents().filter((intent) => intent.purpose === 'close')).toEqual([]);
    bench.now = epochMs(bench.now + 61_000);
    bench.send({ kind: 'pulse', exchange: { ...HEALTHY, breaker: 'blocked' } });
    expect(bench.intents().at(-1)).toMatchObject({ purpose: 'close', side: 'SELL', reduceOnly: true });
  });
});

describe('a limit entry in the hands of a person', () => {
  const LIMIT: Command = { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 580_000, target: null, limit: 590_000 };

  /** A limit entry that rests; gives its position and its order. */
  function resting(bench: EngineBench): { readonly positionId: string; readonly entry: ReturnType<EngineBench['intents']>[number] } {
    bench.command(LIMIT);
    const prepare = bench.effects.find((effect) => effect.kind === 'prepare-symbol');
    if (prepare === undefined) throw new Error('nothing was prepared');
    bench.send({ kind: 'prepared', positionId: prepare.positionId, result: { ok: true, value: null } });
    const [entry] = bench.intents();
    if (entry === undefined) throw new Error('no entry was sent');
    bench.acknowledge(entry);
    return { positionId: prepare.positionId, entry };
  }

  it('is sized from where it fills, rests at its price, and does not run out of time', () => {
    const bench = new EngineBench().warmUp();
    const { entry } = resting(bench);
    expect(entry).toMatchObject({ purpose: 'entry', kind: 'limit', price: ticks(590_000), timeInForce: 'GTC' });
    bench.wait(120_000);
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
  });

  it('is refused where it would fill at once', () => {
    expect(refusal(new EngineBench().warmUp(), { ...LIMIT, limit: 610_000, target: 650_000 } as Command)).toMatch(/^open\.fills_at_once: At this price/);
  });

  it('is moved: the wish goes to the venue with its whole quantity, and the journal says who, from where and to where', () => {
    const bench = new EngineBench().warmUp();
    const { positionId, entry } = resting(bench);
    expect(refusal(bench, { kind: 'move-entry', positionId, price: 588_000 })).toMatch(/^accepted: Moving the entry on BTCUSDT to 58800; at its stop/);
    expect(bench.effects.find((effect) => effect.kind === 'amend')).toMatchObject({
      request: { clientOrderId: entry.clientOrderId, price: ticks(588_000), lots: entry.lots },
    });
    const summaries = bench.records.map((record) => record.summary);
    expect(summaries.some((text) => text.includes(`to move from ${entry.lots} lots at 590000 ticks to ${entry.lots} lots at 588000 ticks by hand`))).toBe(true);
    expect(summaries.some((text) => text.startsWith('screen 1: move-entry → Moving the entry'))).toBe(true);
  });

  it.each([
    ['beyond its stop', 579_000, /^entry\.stop_wrong_side: Stop or target is on the wrong side/],
    ['too close to its stop', 580_010, /^entry\.stop_too_close/],
    ['to where it would fill at once', 600_500, /^entry\.fills_at_once/],
    ['to where it is', 590_000, /^entry\.unchanged: The entry is at that price already/],
  ])('is not moved %s, and nothing is sent', (_where, price, message) => {
    const bench = new EngineBench().warmUp();
    const { positionId } = resting(bench);
    expect(refusal(bench, { kind: 'move-entry', positionId, price })).toMatch(message);
    expect(bench.effects.filter((effect) => effect.kind === 'amend')).toEqual([]);
  });

  it.each(['reducing', 'halted'] as const)('is taken back when a person sets trading to %s: nothing may open then', (tradingState) => {
    const bench = new EngineBench().warmUp();
    const { entry } = resting(bench);
    bench.wait(2000);
    expect(bench.effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    bench.command({ kind: 'set-trading-state', state: tradingState });
    bench.wait(250);
    expect(bench.effects.find((effect) => effect.kind === 'cancel')).toMatchObject({ clientOrderId: entry.clientOrderId });
    expect(bench.records.some(({ summary }) => summary === `BTCUSDT: the entry that rests is taken back: trading is ${tradingState} (user)`)).toBe(true);
  });

  it('is on the screen of the next start, as it rests', () => {
    const bench = new EngineBench().warmUp();
    const { entry } = resting(bench);
    bench.engine = bench.reborn();
    bench.send({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] } });
    const shown = bench.reconcile([]).events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));
    expect(shown).toMatchObject([{ status: 'resting', intent: { clientOrderId: entry.clientOrderId, price: ticks(590_000) } }]);
  });

  it('is not moved twice at once, nor when it has filled', () => {
    const bench = new EngineBench().warmUp();
    const { positionId } = resting(bench);
    bench.command({ kind: 'move-entry', positionId, price: 588_000 });
    expect(refusal(bench, { kind: 'move-entry', positionId, price: 587_000 })).toMatch(/^entry\.order_pending/);
    const filled = new EngineBench().warmUp();
    expect(refusal(filled, { kind: 'move-entry', positionId: opened(filled), price: 588_000 })).toMatch(/^entry\.not_resting/);
  });
});
