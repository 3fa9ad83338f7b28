// The recovery drill on the desktop: asks, writes down what must be found again, kills, and after the new start waits, judges and tells.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMode } from '../../../src-shared/domain/session.ts';
import type { Logger } from '../../core/ports.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import { argumentsFor, DRILL_FLAG } from './opened.ts';
import { bookOf, describeDrill, isRecovered, judgeDrill, mayDrill, takeDrill, writeDrill, type Drill, type DrillResult } from './recovery-drill.ts';
import type { StatusScreen } from './status-screen.ts';

const TITLE = 'Perpetual Terminal';
const LOOK_MS = 50;

export interface DrillDeskParts {
  readonly calls: Pick<DesktopCalls, 'dialog' | 'killAndStartAgain'>;
  readonly screen: StatusScreen;
  readonly logger: Logger;
  readonly dataDir: string;
  /** The terminal's own flags; the next start has the same. */
  readonly argv: readonly string[];
}

export function createDrillDesk({ calls, screen, logger, dataDir, argv }: DrillDeskParts): { begin(): Promise<void> } {
  return {
    begin: async () => {
      const snapshot = await screen.snapshot();
      if (snapshot === null) return calls.dialog.showMessage(TITLE, 'The terminal does not answer; there is nothing to rehearse.');
      const { mode } = snapshot.session;
      if (!mayDrill(mode))
        return calls.dialog.showMessage(
          TITLE,
          `A recovery drill kills the engine. It is there in simulated and paper mode only; this is ${describeMode(mode).badge}.`,
        );
      const book = bookOf(snapshot);
      const choice = await calls.dialog.ask({
        title: TITLE,
        message: 'Kill the engine now and time its recovery?',
        detail: `The process ends at once, without a stop and without saving anything, and starts again by itself. ${book.positions.length} positions are held; each must be found again with its stop.`,
        buttons: ['Kill it', 'Cancel'],
        cancelId: 1,
      });
      if (choice !== 0) return;
      logger.log('warn', 'drill', 'Recovery drill: the engine is killed now.');
      writeDrill(drillFile(dataDir), { version: 1, mode, killedAt: Date.now(), ...book });
      calls.killAndStartAgain([...argumentsFor(mode, argv), `${DRILL_FLAG}${process.pid}`]);
    },
  };
}

const drillFile = (dataDir: string): string => join(dataDir, 'drill.json');

export interface FollowDrillParts {
  readonly screen: StatusScreen;
  readonly logger: Logger;
  readonly dialog: DesktopCalls['dialog'];
  readonly dataDir: string;
  readonly wallNow: () => number;
  /** After that the drill has failed. */
  readonly patienceMs: number;
}

/** Finishes a drill that a killed start left behind, if there is one. Returns the function that gives up waiting. */
export function followDrill(parts: FollowDrillParts): () => void {
  const { screen, dataDir, wallNow, patienceMs } = parts;
  const drill = takeDrill(drillFile(dataDir));
  if (drill === null) return () => undefined;
  const deadline = performance.now() + patienceMs;
  const timer = setInterval(() => {
    const isOver = performance.now() >= deadline;
    if (!isRecovered(screen.status()) && !isOver) return;
    clearInterval(timer);
    const recoveredMs = wallNow() - drill.killedAt;
    void screen.snapshot().then((snapshot) => {
      const late = isOver ? ['It was not streaming, compared with the exchange and protected in time.'] : [];
      const judged = snapshot === null ? { isGood: false, held: 0, ended: 0, problems: ['The terminal did not answer.'] } : judgeDrill(drill, snapshot);
      tell(parts, drill, { ...judged, recoveredMs, isGood: judged.isGood && !isOver, problems: [...late, ...judged.problems] });
    });
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function tell({ logger, dialog, dataDir }: FollowDrillParts, drill: Drill, result: DrillResult): void {
  const sentence = describeDrill(result);
  logger.log(result.isGood ? 'info' : 'error', 'drill', sentence);
  const line = JSON.stringify({ killedAt: new Date(drill.killedAt).toISOString(), mode: drill.mode, positions: drill.positions.length, ...result });
  try {
    appendFileSync(join(dataDir, 'drills.jsonl'), `${line}\n`);
  } catch {
    logger.log('warn', 'drill', 'The result of the drill could not be written to drills.jsonl.');
  }
  void dialog.showMessage(TITLE, sentence);
}
