// A life already lived, written through the terminal's own learning store: served feature rows and finished trades in which a known rule decides who wins.
import { openDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { LEARNING_MIGRATIONS, LearningStore } from '../../src-main/adapters/sqlite/learning-store.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH, FEATURES } from '../../src-main/core/features/schema.ts';
import { createRandom } from '../../src-worker/training/random.ts';

type LivedSample = Parameters<LearningStore['saveLedger']>[0]['samples'][number];

const HOUR_MS = 3_600_000;
const SERVED_BEFORE_MS = 60_000;
/** Result of a won and of a lost trade after costs, and the win probability at which such a plan earns nothing. */
const WON_R = 1.6;
const LOST_R = -1.1;
const BREAK_EVEN = 0.41;
/** Log odds per unit of the rule; the rest is chance. */
const STRENGTH = 3;
const BASE_ODDS = -0.4;

export interface PlantedLife {
  readonly count: number;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** The newest trade ended by then. */
  readonly until: number;
  readonly days: number;
}

/** What the planted rule says of a trade: three features, each of which says something and none enough. */
function ruleOf(features: Float32Array): number {
  const at = (name: string): number => features[FEATURES.findIndex((feature) => feature.name === name)] ?? 0;
  return at('emaSlope1h') + (at('rsi15m') > 0 ? 0.5 : -0.5) + (at('adx1h') > 0.2 ? 0.4 : -0.4);
}

/** Fills the file the learning of a terminal reads, before that terminal starts. Trades are spread evenly over the days, each over within three hours. */
export function writePlantedLife(file: string, life: PlantedLife): void {
  const { count, seed, symbols, until, days } = life;
  const opened = openDatabase({ file, migrations: LEARNING_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => until });
  if (!opened.ok) throw new Error(opened.error.uiMessage);
  const store = new LearningStore(opened.value);
  const random = createRandom(seed);
  const samples: LivedSample[] = [];
  const step = (days * 24 * HOUR_MS) / count;
  const add = (index: number): void => {
    const symbol = symbols[index % symbols.length] ?? 'BTCUSDT';
    const side = random() < 0.5 ? 'long' : 'short';
    const decidedAt = Math.round(until - (count - index) * step - 3 * HOUR_MS);
    const features = Float32Array.from({ length: FEATURE_COUNT }, () => random() * 2 - 1);
    const isWon = random() < 1 / (1 + Math.exp(-(BASE_ODDS + STRENGTH * ruleOf(features))));
    store.addFeatures({
      time: decidedAt - SERVED_BEFORE_MS,
      schemaHash: FEATURE_SCHEMA_HASH,
      keys: [`${symbol} ${side}`],
      rows: features,
      width: FEATURE_COUNT,
    });
    const id = `${symbol}-${side}-${decidedAt}`;
    samples.push({
      id,
      symbol,
      openedAt: decidedAt,
      closedAt: decidedAt + Math.round((0.5 + 2.5 * random()) * HOUR_MS),
      verdict: 'traded',
      source: 'paper',
      resultR: isWon ? WON_R : LOST_R,
      opening: {
        id,
        symbol,
        side,
        decidedAt,
        quality: 0.5 + 0.4 * random(),
        ictConfidence: 0.4 + 0.4 * random(),
        breakEven: BREAK_EVEN,
        exits: { stop: 0.01, target: 0.017, horizonMs: 96 * HOUR_MS },
        ictAlone: null,
        opinion: null,
      },
    });
  };
  opened.value.transaction(() => {
    for (let index = 0; index < count; index += 1) add(index);
  })();
  store.saveLedger({ samples, openings: [] }, 0);
  // A training begun after the last of them: the schedule has nothing new and leaves the button to the person.
  store.trainingStartedAt = Date.now();
  opened.value.close();
}
