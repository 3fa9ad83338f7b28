// Alarms in the host: what rings and when, kept in a file, told without any screen.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlarmMemory } from '../../src-main/hosts/alarm-judge.ts';
import { startAlarms, type AlarmDesk } from '../../src-main/hosts/alarms.ts';
import { ViewStore } from '../../src-main/hosts/view-store.ts';
import type { Notification } from '../../src-main/core/ports.ts';
import type { AlarmRule } from '../../src-shared/contract/alarms.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { fixtureSnapshot } from '../renderer/fixture-market.ts';

const snapshot = fixtureSnapshot();

describe('alarms', () => {
  const none = (): readonly [] => [];
  const rule = (change: Partial<AlarmRule>): AlarmRule => ({ id: 'x', kind: 'price_above', symbol: 'BTCUSDT', level: 100, enabled: true, ...change });
  const at = (last: number): typeof snapshot => {
    const tick = snapshot.ticks['BTCUSDT'];
    if (tick === undefined) throw new Error('the fixture has no BTCUSDT');
    return { ...snapshot, ticks: { ...snapshot.ticks, BTCUSDT: { ...tick, last } } };
  };

  it('ring once when a price crosses, not while it stays beyond, and again after it came back', () => {
    const memory = new AlarmMemory();
    const rings = [90, 110, 120, 95, 101].map((price) => memory.look([rule({})], at(price), none).length);
    expect(rings).toEqual([0, 1, 0, 0, 1]);
  });

  it('do not ring for what was already true when they were set', () => {
    expect(new AlarmMemory().look([rule({ kind: 'price_below', level: 1e9 })], at(100), none)).toEqual([]);
  });

  it('ring when price enters a zone and for the next zone again', () => {
    const memory = new AlarmMemory();
    const zones = () => [
      { top: 110, bottom: 100 },
      { top: 130, bottom: 120 },
    ];
    expect([90, 105, 125].map((price) => memory.look([rule({ kind: 'zone', level: null })], at(price), zones).length)).toEqual([0, 1, 1]);
  });

  it('stay silent while switched off', () => {
    const memory = new AlarmMemory();
    expect([90, 110].map((price) => memory.look([rule({ enabled: false })], at(price), none).length)).toEqual([0, 0]);
  });
});

describe('the alarm desk', () => {
  let folder = '';
  let desks: AlarmDesk[] = [];
  const rule: AlarmRule = { id: 'one', kind: 'price_above', symbol: 'BTCUSDT', level: 1, enabled: true };

  const open = () => {
    const told: Notification[] = [];
    const logged: string[] = [];
    const view = new ViewStore(snapshot);
    const desk = startAlarms({
      file: join(folder, 'alarms.json'),
      view,
      zonesOf: () => [],
      notifier: { notify: (notification) => void told.push(notification) },
      logger: { log: (_level, _source, message) => void logged.push(message) },
      now: () => epochMs(1000),
    });
    desks.push(desk);
    const price = (last: number): void => {
      const tick = view.snapshot().ticks['BTCUSDT'];
      if (tick !== undefined) view.publish([{ kind: 'ticks', ticks: [{ ...tick, last }] }], epochMs(1000));
    };
    return { desk, view, told, logged, price };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alarms-'));
  });
  afterEach(() => {
    for (const desk of desks) desk.stop();
    desks = [];
    rmSync(folder, { recursive: true, force: true });
  });

  it('rings without any screen: in the view, and to every notifier', () => {
    const { desk, view, told, price } = open();
    price(0.5);
    expect(desk.command({ kind: 'set', rule }).ok).toBe(true);
    price(2);
    desk.look();
    desk.look();
    expect(view.snapshot().alarms).toEqual({ rules: [rule], rung: [{ id: 1, time: 1000, ring: { kind: 'price', symbol: 'BTCUSDT', price: 2 } }] });
    expect(told).toEqual([{ topic: 'alarm', title: 'BTCUSDT at 2', text: 'The price you set an alarm on is reached.' }]);
  });

  it('keeps rules and the count of rings over a restart', () => {
    const first = open();
    first.price(0.5);
    first.desk.command({ kind: 'set', rule });
    first.price(2);
    first.desk.look();
    first.desk.stop();
    const second = open();
    second.price(0.5);
    second.desk.look();
    second.price(2);
    second.desk.look();
    expect(second.view.snapshot().alarms?.rules).toEqual([rule]);
    expect(second.view.snapshot().alarms?.rung.map(({ id }) => id)).toEqual([2]);
  });

  it('changes and removes a rule, and refuses what is none in words', () => {
    const { desk, view } = open();
    desk.command({ kind: 'set', rule });
    desk.command({ kind: 'set', rule: { ...rule, enabled: false } });
    expect(view.snapshot().alarms?.rules).toEqual([{ ...rule, enabled: false }]);
    expect(desk.command({ kind: 'set', rule: { ...rule, level: -1 } })).toMatchObject({ ok: false, error: { code: 'alarm.malformed' } });
    desk.command({ kind: 'remove', id: 'one' });
    expect(view.snapshot().alarms?.rules).toEqual([]);
  });

  it('starts without alarms when the file is damaged, keeps the file and says so', () => {
    writeFileSync(join(folder, 'alarms.json'), '{"version": 1, "rules": [{');
    const { view, logged } = open();
    expect(view.snapshot().alarms?.rules).toEqual([]);
    expect(logged.join()).toContain('could not be read; no alarm is set');
    expect(readFileSync(join(folder, 'alarms.json.damaged'), 'utf8')).toContain('"rules": [{');
  });
});
