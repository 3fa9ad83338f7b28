// The screen's copy: snapshot plus events equals the engine's own state; old events change nothing, a gap is noticed, lists stay bounded.
import { describe, expect, it } from 'vitest';
import type { EngineEvent, EngineEventBody } from '../../src-shared/contract/events.ts';
import { applyEvent, DECISIONS_KEPT, LIFECYCLE_EVENTS_KEPT, LOG_LINES_KEPT } from '../../src-shared/contract/replica.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { MarketTick, Snapshot } from '../../src-shared/contract/view.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { initialSnapshot } from '../../src-main/core/engine/initial-view.ts';
import { ViewStore } from '../../src-main/hosts/view-store.ts';

const NOW = epochMs(1_700_000_000_000);
const start = (): Snapshot =>
  initialSnapshot(
    { mode: 'simulated', host: 'node', version: '0', startedAt: NOW, speed: 1, strategyMode: 'ict', automation: 'running', phase: 'starting', phaseText: '' },
    defaultSettings(),
    NOW,
  );

const tick = (symbol: string, last: number): MarketTick => ({ symbol, last, mark: last, change24h: 0, quoteVolume24h: 0, fundingRate: 0, updatedAt: NOW });
const log = (id: number): EngineEventBody => ({ kind: 'log', line: { id, time: NOW, level: 'info', source: 'test', message: String(id) } });
const position = (id: string, phase: 'open' | 'closed', closedAt: number | null): EngineEventBody =>
  ({ kind: 'position', view: { position: { id, phase, closedAt }, mark: 1, unrealised: 0, pnlR: 0, marginUsed: 0 } }) as unknown as EngineEventBody;
const lifecycle = (positionId: string, pnlR: number): EngineEventBody =>
  ({ kind: 'lifecycle', event: { positionId, kind: 'price_updated', time: NOW, price: 1, pnlR } }) as unknown as EngineEventBody;
const order = (clientOrderId: string, status: string, updatedAt: number): EngineEventBody =>
  ({ kind: 'order', order: { intent: { clientOrderId }, status, updatedAt } }) as unknown as EngineEventBody;

const MANY: readonly EngineEventBody[] = [
  { kind: 'ticks', ticks: [tick('BTCUSDT', 1), tick('ETHUSDT', 2)] },
  position('p1', 'open', null),
  lifecycle('p1', 0.1),
  { kind: 'ticks', ticks: [tick('BTCUSDT', 3)] },
  order('o1', 'resting', 1),
  position('p1', 'open', null),
  lifecycle('p1', 0.2),
  log(1),
  { kind: 'settings', settings: { ...defaultSettings(), maxPositions: 7 } },
];

describe('the replica', () => {
  it('after every event equals the state the engine keeps itself', () => {
    const store = new ViewStore(start());
    let screen = start();
    store.subscribe((events) => {
      for (const event of events) {
        const outcome = applyEvent(screen, event);
        if (outcome.kind === 'applied') screen = outcome.snapshot;
      }
      expect(screen).toEqual(store.snapshot());
    });
    for (const body of MANY) store.publish([body], NOW);
    store.publish(MANY, epochMs(NOW + 1));
    expect(screen).toEqual(store.snapshot());
    expect(screen.sequence).toBe(MANY.length * 2);
    expect(screen.ticks['BTCUSDT']?.last).toBe(3);
    expect(screen.positions['p1']?.events.map((event) => event.pnlR)).toEqual([0.1, 0.2, 0.1, 0.2]);
  });

  it('ignores what the snapshot already holds and notices what is missing', () => {
    const snapshot = { ...start(), sequence: 10 };
    const event = (sequence: number): EngineEvent => ({ sequence, time: NOW, body: log(1) });
    expect(applyEvent(snapshot, event(10))).toEqual({ kind: 'old' });
    expect(applyEvent(snapshot, event(12))).toEqual({ kind: 'gap', expected: 11, got: 12 });
    expect(applyEvent(snapshot, event(11)).kind).toBe('applied');
    expect(snapshot).toEqual({ ...start(), sequence: 10 });
  });

  const feed = (bodies: readonly EngineEventBody[]): Snapshot => {
    const store = new ViewStore(start());
    store.publish(bodies, NOW);
    return store.snapshot();
  };

  it('keeps the newest of every list', () => {
    const lines = feed(Array.from({ length: LOG_LINES_KEPT + 50 }, (_, index) => log(index))).log;
    expect([lines.length, lines[0]?.id, lines.at(-1)?.id]).toEqual([LOG_LINES_KEPT, 50, LOG_LINES_KEPT + 49]);
    const decisions = feed(
      Array.from({ length: DECISIONS_KEPT + 5 }, (_, index) => ({ kind: 'decision', decision: { code: String(index) } }) as unknown as EngineEventBody),
    ).decisions;
    expect([decisions.length, decisions[0]?.code]).toEqual([DECISIONS_KEPT, '5']);
    const { events } = feed([position('p', 'open', null), ...Array.from({ length: LIFECYCLE_EVENTS_KEPT + 3 }, (_, index) => lifecycle('p', index))]).positions[
      'p'
    ] ?? { events: [] };
    expect([events.length, events[0]?.pnlR]).toEqual([LIFECYCLE_EVENTS_KEPT, 3]);
  });

  it('drops the oldest closed positions and ended orders, never an open one', () => {
    const snapshot = feed([
      position('open', 'open', null),
      order('alive', 'resting', 0),
      ...Array.from({ length: 300 }, (_, index) => [position(`c${index}`, 'closed', index), order(`e${index}`, 'filled', index)]).flat(),
    ]);
    expect(Object.keys(snapshot.positions)).toHaveLength(101);
    expect(Object.keys(snapshot.orders)).toHaveLength(201);
    expect(Object.keys(snapshot.positions)).toContain('open');
    expect(Object.keys(snapshot.orders)).toContain('alive');
    expect(Object.keys(snapshot.positions)).not.toContain('c199');
  });
});
