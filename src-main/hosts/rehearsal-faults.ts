// The faults a trader can rehearse at the simulated exchange, in words, with the values a person may set and their limits.
import type { FaultField, FaultKind } from '../../src-shared/contract/rehearsal.ts';

type Range = readonly [initial: number, minimum: number, maximum: number];

const number = (name: string, label: string, unit: string, [initial, minimum, maximum]: Range): FaultField => ({
  name,
  label,
  kind: 'number',
  unit,
  minimum,
  maximum,
  choices: [],
  initial,
});
const choice = (name: string, label: string, choices: readonly [string, ...string[]]): FaultField => ({
  name,
  label,
  kind: 'choice',
  unit: '',
  minimum: null,
  maximum: null,
  choices,
  initial: choices[0],
});

const SHARE = number('probability', 'Share struck', '0–1', [0.3, 0.01, 1]);
const STREAM = choice('stream', 'Stream', ['all', 'user', 'market']);
const SYMBOL: FaultField = { name: 'symbol', label: 'Market', kind: 'symbol', unit: '', minimum: null, maximum: null, choices: [], initial: '' };

const lasting = (kind: string, label: string, text: string, ...fields: readonly FaultField[]): FaultKind => ({ kind, label, text, form: 'lasting', fields });
const moment = (kind: string, label: string, text: string, ...fields: readonly FaultField[]): FaultKind => ({ kind, label, text, form: 'moment', fields });

/** One entry for each kind the venue knows (`src-worker/market/chaos-plan.ts`). */
export const FAULTS: readonly FaultKind[] = [
  moment('gap', 'Price gap', 'The price jumps at once, through stops and targets.', number('percent', 'Jump', '%', [-5, -90, 300]), SYMBOL),
  moment('halt', 'Halted market', 'Trading in a market stops, then goes on.', number('seconds', 'Length', 's', [60, 1, 86_400]), SYMBOL),
  moment('settle', 'Settlement', 'A market is settled: its positions are closed by the exchange.', SYMBOL),
  moment('auto-deleverage', 'Auto-deleveraging', 'The exchange closes a profitable position against a bankrupt one.', SYMBOL),
  moment(
    'coarser-filters',
    'Coarser price steps',
    'Tick and step of a market grow while orders rest.',
    number('ticks', 'Tick', '×', [2, 1, 100]),
    number('lots', 'Step', '×', [2, 1, 100]),
    SYMBOL,
  ),
  moment('disconnect', 'Streams cut', 'Connections are torn down.', STREAM),
  moment('half-open', 'Silent streams', 'Connections stay open, but nothing comes any more.', STREAM),
  moment('expire-listen-key', 'Account stream expires', 'The key of the account stream ends before its time.'),
  lasting(
    'latency',
    'Slow answers',
    'Requests or their answers are late.',
    number('milliseconds', 'Delay', 'ms', [500, 0, 60_000]),
    number('jitter', 'Jitter', 'ms', [200, 0, 60_000]),
    choice('when', 'What is late', ['before', 'after']),
    SHARE,
  ),
  lasting(
    'error',
    'Refused requests',
    'Requests fail with an error of the exchange.',
    choice('error', 'Error', [
      '503-unavailable',
      '503-throttled',
      '429',
      '418',
      '403',
      '451',
      '500',
      '502',
      'internal',
      'maintenance',
      'unknown-code',
      'key-refused',
      'liquidating',
      'quantitative-rules',
      'region',
    ]),
    number('seconds', 'Ban length', 's', [10, 1, 3600]),
    SHARE,
  ),
  lasting(
    'unknown-outcome',
    'Unknown outcome',
    'A request is answered in a way that leaves open whether it was carried out.',
    { name: 'executed', label: 'Carried out', kind: 'flag', unit: '', minimum: null, maximum: null, choices: [], initial: true },
    choice('reply', 'Answer', ['503', 'timeout-code', 'timeout', 'reset']),
    SHARE,
  ),
  lasting(
    'invisible-order',
    'Order not found yet',
    'A new order is unknown to queries for a while.',
    number('milliseconds', 'For', 'ms', [2000, 0, 60_000]),
    SHARE,
  ),
  lasting(
    'clock-skew',
    'Clock of the exchange is off',
    'Signed requests are judged by a clock that is off.',
    number('milliseconds', 'Off by', 'ms', [8000, -600_000, 600_000]),
  ),
  lasting('drop-event', 'Lost events', 'Stream frames are lost.', STREAM, SHARE),
  lasting('duplicate-event', 'Doubled events', 'Stream frames come twice.', STREAM, SHARE),
  lasting('delay-event', 'Late events', 'Stream frames are late.', number('milliseconds', 'Delay', 'ms', [1500, 0, 60_000]), STREAM, SHARE),
  lasting('reorder-events', 'Events out of order', 'A stream frame comes after the one that follows it.', STREAM, SHARE),
  lasting(
    'ignore-large-subscribe',
    'Large subscriptions ignored',
    'A subscription above this size is swallowed without a word.',
    number('bytes', 'Above', 'bytes', [4096, 100, 100_000]),
  ),
  lasting(
    'thin-book',
    'Thin book',
    'Little rests in the book: market orders slip and fill in parts.',
    number('thickness', 'Left of the book', '0–1', [0.1, 0.001, 1]),
  ),
  lasting('vanish-conditional', 'Stop accepted, then gone', 'A stop or target is confirmed and disappears.', SHARE),
  lasting('orphan-conditionals', 'Orphaned stops', 'Stops stay at the exchange after their position is closed.'),
];

export function faultKind(kind: string): FaultKind | undefined {
  return FAULTS.find((entry) => entry.kind === kind);
}
