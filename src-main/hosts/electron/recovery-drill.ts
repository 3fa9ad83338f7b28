// H9, the recovery drill: kills the engine as a power cut would, starts it again, and times until its books are proven to agree with those before.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isTerminal } from '../../../src-shared/domain/order.ts';
import type { Mode } from '../../../src-shared/domain/session.ts';
import type { Snapshot } from '../../../src-shared/contract/view.ts';
import { isWorldKnown } from './power.ts';
import type { DesktopStatus } from './status-screen.ts';

const bookSchema = z.object({
  positions: z
    .array(z.object({ id: z.string(), symbol: z.string(), side: z.string(), lots: z.number(), isEntering: z.boolean(), protection: z.string() }))
    .max(10_000),
});
const drillSchema = bookSchema.extend({ version: z.literal(1), mode: z.string(), killedAt: z.number() });
export type DrillBook = z.infer<typeof bookSchema>;
export type Drill = z.infer<typeof drillSchema>;

export interface DrillResult {
  readonly isGood: boolean;
  readonly recoveredMs: number;
  /** Held before and held again, each with a confirmed stop. */
  readonly held: number;
  /** Held before and ended while the engine was away, with its story in the journal. */
  readonly ended: number;
  /** One sentence for each thing that does not agree. */
  readonly problems: readonly string[];
}

/** Only where no real order can be hurt. */
export function mayDrill(mode: Mode): boolean {
  return mode === 'simulated' || mode === 'paper';
}

type Books = Pick<Snapshot, 'positions' | 'orders'>;

/** What is held. A position that is not filled yet is not held; its entry may still come or be given up. */
export function bookOf(snapshot: Books): DrillBook {
  const open = Object.values(snapshot.positions).filter(({ position }) => position.phase !== 'closed' && position.lots > 0);
  const entering = new Set(
    Object.values(snapshot.orders).flatMap(({ intent, status }) => (intent.purpose === 'entry' && !isTerminal(status) ? [intent.positionId] : [])),
  );
  return {
    positions: open.map(({ position }) => ({
      id: position.id,
      symbol: position.symbol,
      side: position.side,
      lots: Number(position.lots),
      isEntering: entering.has(position.id),
      protection: position.protection,
    })),
  };
}

/** Compares the books of before and after. A position may have ended meanwhile; it may not be gone, doubled, larger, turned or naked. */
export function judgeDrill(before: DrillBook, after: Books): Omit<DrillResult, 'recoveredMs'> {
  const problems: string[] = [];
  let [held, ended] = [0, 0];
  const now = bookOf(after).positions;
  for (const was of before.positions) {
    const known = after.positions[was.id];
    const is = now.find(({ id }) => id === was.id);
    if (known === undefined) problems.push(`${was.symbol} was held before and is not known any more.`);
    else if (is === undefined) ended += 1;
    else if (is.side !== was.side) problems.push(`${was.symbol} was ${was.side} and is ${is.side}.`);
    else if (is.lots > was.lots && !was.isEntering) problems.push(`${was.symbol} has grown from ${was.lots} to ${is.lots} lots.`);
    else held += 1;
  }
  for (const is of now) {
    if (is.protection === 'naked') problems.push(`${is.symbol} has no stop that the exchange has confirmed.`);
    if (now.some((other) => other.id < is.id && other.symbol === is.symbol && other.side === is.side)) problems.push(`${is.symbol} is held twice.`);
  }
  return { isGood: problems.length === 0, held, ended, problems };
}

/** Recovered: prices stream, the comparison with the venue is done, and nothing is unprotected. */
export function isRecovered(status: DesktopStatus | null): boolean {
  return status !== null && isWorldKnown(status) && status.unprotected === 0;
}

export function describeDrill({ isGood, recoveredMs, held, ended, problems }: DrillResult): string {
  const time = `${(recoveredMs / 1000).toFixed(1)} s`;
  return isGood
    ? `Recovery drill passed: killed, started again and verified in ${time}. ${held} positions held again with their stops, ${ended} ended meanwhile, nothing lost, nothing doubled.`
    : `Recovery drill FAILED after ${time}: ${problems.join(' ')}`;
}

/** Writes what must be found again. On disk before the kill: the one who wrote it will not be there to tell. */
export function writeDrill(file: string, drill: Drill): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(drill));
  renameSync(`${file}.new`, file);
}

/** Takes the drill that is under way, once; null when there is none or its file is not one. */
export function takeDrill(file: string): Drill | null {
  if (!existsSync(file)) return null;
  try {
    const drill = drillSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return drill.success ? drill.data : null;
  } catch {
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}
