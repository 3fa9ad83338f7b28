// Reads a soak: what grew in its second half, by a line through the samples, which floors rose, which bounds were passed; and prints its table.
import type { Holding } from '../../src-main/core/engine/holdings.ts';

/** One look at the terminal. Megabytes after a collection. */
export interface SoakSample {
  /** Simulated hours since the first sample. */
  readonly hour: number;
  /** Data in the heap, without compiled code. */
  readonly heapMb: number;
  readonly codeMb: number;
  /** Array buffers, and other memory outside the heap that objects of the heap own. */
  readonly bufferMb: number;
  readonly externalMb: number;
  readonly residentMb: number;
  /** Resident memory that belongs to no file; null where the system does not tell. */
  readonly anonymousMb: number | null;
  /** Resident memory of the local venue's process; null where the system does not tell. */
  readonly venueMb: number | null;
  readonly handles: Readonly<Record<string, number>>;
  readonly listeners: number;
  /** Living objects that have or are listeners, wait, or hold a prepared statement, by kind; counted at thorough looks only. */
  readonly objects: Readonly<Record<string, number>>;
  readonly stores: readonly Holding[];
  readonly openReal: number;
  readonly openVirtual: number;
  /** Runs that came a whole interval late, since the start. */
  readonly overruns: number;
  /** Milliseconds of the newest run of each loop. */
  readonly liveMs: number;
  readonly virtualMs: number;
}

/** How a number moved over the second half: by the line of least squares, and last against first. Shares of the mean and of the first. */
export interface Trend {
  readonly slope: number;
  readonly ratio: number;
}

const SOCKET = 'TCPSocketWrap';
/** Requests under way and one-shot timers come and go with traffic; what must not grow is the rest. Sockets are counted apart. */
const PASSING: readonly string[] = [
  SOCKET,
  'FSReqCallback',
  'FSReqPromise',
  'GetAddrInfoReqWrap',
  'TCPConnectWrap',
  'WriteWrap',
  'ShutdownWrap',
  'Timeout',
  'Immediate',
];

/** Least squares: growth over the whole span as a share of the mean. */
export function growthOf(values: readonly number[]): number {
  const count = values.length;
  const middle = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const slope = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / spread;
  return (slope * (count - 1)) / mean;
}

export function secondHalf<T>(samples: readonly T[]): readonly T[] {
  return samples.slice(Math.floor(samples.length / 2));
}

/** Null with fewer than three samples, or where the system does not tell. */
export function trendOf(values: readonly (number | null)[]): Trend | null {
  const known = values.filter((value) => value !== null);
  const [first] = known;
  const last = known.at(-1);
  if (known.length < 3 || first === undefined || last === undefined) return null;
  return { slope: growthOf(known), ratio: last / first - 1 };
}

export function lastingHandles(sample: Pick<SoakSample, 'handles'>): number {
  return Object.entries(sample.handles).reduce((sum, [kind, count]) => sum + (PASSING.includes(kind) ? 0 : count), 0);
}

export function sockets({ handles }: Pick<SoakSample, 'handles'>): number {
  return handles[SOCKET] ?? 0;
}

/**
 * By how much the fewest of the second half are more than the fewest of the first. Sockets and promises come and go with traffic;
 * what leaks never goes, so that it raises the floor.
 */
export function floorRise(samples: readonly SoakSample[], read: (sample: SoakSample) => number): number {
  const half = Math.floor(samples.length / 2);
  const before = samples.slice(0, half);
  const after = samples.slice(half);
  if (before.length === 0 || after.length === 0) return 0;
  return Math.min(...after.map(read)) - Math.min(...before.map(read));
}

/** The same for living objects, by kind, at the looks that counted them. */
export function objectsRise(samples: readonly SoakSample[]): Readonly<Record<string, number>> {
  const counted = samples.filter(({ objects }) => Object.keys(objects).length > 0);
  return Object.fromEntries(Object.keys(counted[0]?.objects ?? {}).map((name) => [name, floorRise(counted, ({ objects }) => objects[name] ?? 0)]));
}

/** A sentence for every bounded memory that ever held more than it may. */
export function overfullStores(samples: readonly SoakSample[]): readonly string[] {
  const worst = new Map<string, Holding>();
  for (const { stores } of samples)
    for (const store of stores) if (store.most !== null && store.count > Math.max(store.most, worst.get(store.name)?.count ?? 0)) worst.set(store.name, store);
  return [...worst.values()].map(({ name, count, most }) => `${name}: ${count} of at most ${most}`);
}

const COLUMNS = [
  'hour',
  'heap',
  'buffers',
  'extern',
  'code',
  'anon',
  'rss',
  'venue',
  'handles',
  'sockets',
  'listen',
  'emit',
  'targets',
  'promise',
  'stmts',
  'late',
  'real',
  'virtual',
];
const WIDTH = 8;

export function tableHead(): string {
  return COLUMNS.map((name) => name.padStart(WIDTH)).join('');
}

/** One line of the table: megabytes, then counts. */
export function tableLine(sample: SoakSample): string {
  const { heapMb, bufferMb, externalMb, codeMb, anonymousMb, residentMb, venueMb, listeners, objects, overruns, openReal, openVirtual } = sample;
  const megabytes = [heapMb, bufferMb, externalMb, codeMb, anonymousMb, residentMb, venueMb].map((value) => value?.toFixed(2) ?? '–');
  const kinds = ['emitters', 'targets', 'promises', 'statements'].map((name) => objects[name] ?? '–');
  const counts = [lastingHandles(sample), sockets(sample), listeners, ...kinds, overruns, openReal, openVirtual];
  return [sample.hour.toFixed(1), ...megabytes, ...counts].map((cell) => `${cell}`.padStart(WIDTH)).join('');
}

/** The bounded memories at the middle and at the end, those that hold nothing left out. */
export function storeLines(samples: readonly SoakSample[]): readonly string[] {
  const middle = samples[Math.floor(samples.length / 2)];
  const last = samples.at(-1);
  if (middle === undefined || last === undefined) return [];
  const before = new Map(middle.stores.map(({ name, count }) => [name, count]));
  return last.stores
    .filter(({ name, count }) => count > 0 || (before.get(name) ?? 0) > 0)
    .map(({ name, count, most }) => `${name.padStart(26)}  ${before.get(name) ?? 0} → ${count}${most === null ? '' : ` of at most ${most}`}`);
}

export const dataMb = ({ heapMb, bufferMb }: SoakSample): number => heapMb + bufferMb;
export const ownedMb = (sample: SoakSample): number => dataMb(sample) + sample.externalMb;

/** The second half of every memory that is judged or shown. */
export function trendsOf(samples: readonly SoakSample[]): Readonly<Record<'data' | 'heap' | 'owned' | 'anonymous', Trend | null>> {
  const half = secondHalf(samples);
  return {
    data: trendOf(half.map(dataMb)),
    heap: trendOf(half.map((sample) => sample.heapMb)),
    owned: trendOf(half.map(ownedMb)),
    anonymous: trendOf(half.map((sample) => sample.anonymousMb)),
  };
}

/** One line a memory: its line through the second half, in percent of its mean and per hour, and last against first. */
export function verdictLines(samples: readonly SoakSample[]): readonly string[] {
  const half = secondHalf(samples);
  const hours = (half.at(-1)?.hour ?? 0) - (half[0]?.hour ?? 0);
  const { data, heap, owned, anonymous } = trendsOf(samples);
  const percent = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(2)} %`;
  const line = (name: string, trend: Trend | null, read: (sample: SoakSample) => number): string => {
    if (trend === null) return `${name}: not measured`;
    const mean = half.reduce((sum, sample) => sum + read(sample), 0) / half.length;
    const anHour = ((trend.slope * mean * 1024) / hours).toFixed(1);
    return `${name}: ${percent(trend.slope)} by the line of least squares (${anHour} kB an hour), ${percent(trend.ratio)} last against first, mean ${mean.toFixed(2)} MB`;
  };
  return [
    `Second half, ${hours.toFixed(1)} simulated hours, ${half.length} samples:`,
    line('heap and buffers', data, dataMb),
    line('  heap alone', heap, (sample) => sample.heapMb),
    line('with all the heap owns', owned, ownedMb),
    line('resident, no file', anonymous, (sample) => sample.anonymousMb ?? 0),
  ];
}
