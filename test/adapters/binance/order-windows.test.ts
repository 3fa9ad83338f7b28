// The account's order budget to the millisecond: both windows, the reserve, what others sent, and a pause the exchange asked for.
import { expect, it } from 'vitest';
import { OrderWindows } from '../../../src-main/adapters/binance/order-windows.ts';

function open(): { readonly windows: OrderWindows; readonly pass: (milliseconds: number) => void } {
  let now = 50_000;
  return { windows: new OrderWindows(() => now), pass: (milliseconds) => void (now += milliseconds) };
}

it.each([
  ['entries', false, 240],
  ['what protects and closes', true, 285],
] as const)('ten seconds: %s wait from order %#+ on until the oldest is ten seconds old', (_, isUrgent, most) => {
  const { windows, pass } = open();
  windows.spend(most - 1);
  pass(400);
  expect(windows.waitMs(1, isUrgent)).toBe(0);
  expect(windows.waitMs(2, isUrgent)).toBe(9600);
  windows.spend(1);
  expect(windows.waitMs(1, isUrgent)).toBe(9600);
  pass(9599);
  expect(windows.waitMs(1, isUrgent), 'never less than a short nap').toBe(20);
  pass(1);
  expect(windows.waitMs(most - 1, isUrgent)).toBe(0);
});

it('a minute: the fifth two hundred waits for the first to be a minute old', () => {
  const { windows, pass } = open();
  for (let part = 0; part < 5; part += 1) {
    windows.spend(190);
    pass(10_000);
  }
  expect([windows.waitMs(10, false), windows.waitMs(11, false), windows.waitMs(11, true)]).toEqual([0, 10_000, 0]);
  pass(10_000);
  expect(windows.waitMs(200, false)).toBe(0);
});

it('orders of other programs count until their window is over, and our own after the report on top', () => {
  const { windows, pass } = open();
  windows.correct(230, null);
  expect([windows.waitMs(10, false), windows.waitMs(11, false) > 0]).toEqual([0, true]);
  pass(1);
  windows.spend(5);
  expect([windows.waitMs(5, false), windows.waitMs(6, false) > 0]).toEqual([0, true]);
  windows.correct(null, 958);
  expect([windows.waitMs(2, false), windows.waitMs(3, false) > 0], 'the minute has its own report').toEqual([0, true]);
  pass(9999);
  expect(windows.waitMs(2, false)).toBe(0);
  pass(50_001);
  expect(windows.waitMs(240, false)).toBe(0);
});

it('a pause holds every order, is never shortened, and is no matter of calls that place none', () => {
  const { windows, pass } = open();
  windows.block(8000);
  windows.block(2000);
  expect([windows.waitMs(1, true), windows.waitMs(1, false), windows.waitMs(0, false)]).toEqual([8000, 8000, 0]);
  pass(8000);
  expect(windows.waitMs(1, true)).toBe(0);
});

it('a day of orders is not remembered for longer than it counts', () => {
  const { windows, pass } = open();
  for (let second = 0; second < 1000; second += 1) {
    windows.spend(10);
    pass(1000);
  }
  expect([windows.waitMs(150, false), windows.waitMs(151, false) > 0]).toEqual([0, true]);
});
