// Two states of the engine's memory beside each other: one from the journal's first line, one from the last checkpoint and the lines after it.

/** What the lines tell in steps: an extreme of a virtual position every quarter of R, its price every half, the peak of equity every quarter of a percent. */
const STEPPED_IN_VIRTUAL = ['last', 'maximum', 'minimum', 'approach'] as const;
const PEAK_STEP = 1.0025;
const TOLERANCE = 1e-9;

export interface StateComparison {
  /** Parts that contradict each other; empty when they are one state. */
  readonly differs: readonly string[];
  /** Parts in which the checkpoint knows the same more finely, because the journal keeps it in steps. */
  readonly finer: readonly string[];
}

type Parts = Readonly<Record<string, unknown>>;

interface OpenRow extends Parts {
  readonly maximum: number;
  readonly minimum: number;
}

interface VirtualPart extends Parts {
  readonly open: readonly OpenRow[];
}

interface GuardPart extends Parts {
  readonly peakEquity: number;
}

interface DeskPart extends Parts {
  readonly positions: readonly { readonly position: Parts }[];
}

/** States as JSON gives them back. */
export function compareStates(fromLines: Parts, fromCheckpoint: Parts): StateComparison {
  const different = Object.keys(fromLines).filter((part) => canonical(fromLines[part]) !== canonical(fromCheckpoint[part]));
  const finer = different.filter((part) => isFiner(part, fromLines[part], fromCheckpoint[part]));
  return { differs: different.filter((part) => !finer.includes(part)), finer };
}

/** The checkpoint says the same, and no less than the lines. */
function isFiner(part: string, lines: unknown, checkpoint: unknown): boolean {
  if (part === 'virtual') return isFinerVirtual(lines as VirtualPart, checkpoint as VirtualPart);
  if (part === 'desk') return canonical(withoutLiquidation(lines as DeskPart)) === canonical(withoutLiquidation(checkpoint as DeskPart));
  if (part === 'guard') return isFinerGuard(lines as GuardPart, checkpoint as GuardPart);
  return false;
}

function isFinerVirtual(lines: VirtualPart, checkpoint: VirtualPart): boolean {
  const bare = ({ open, ...rest }: VirtualPart): string => canonical({ ...rest, open: open.map((row) => without(row, STEPPED_IN_VIRTUAL)) });
  if (bare(lines) !== bare(checkpoint)) return false;
  return lines.open.every((row, index) => {
    const known = checkpoint.open[index];
    return known !== undefined && known.maximum >= row.maximum - TOLERANCE && known.minimum <= row.minimum + TOLERANCE;
  });
}

function isFinerGuard(lines: GuardPart, checkpoint: GuardPart): boolean {
  if (canonical(without(lines, ['peakEquity'])) !== canonical(without(checkpoint, ['peakEquity']))) return false;
  return checkpoint.peakEquity >= lines.peakEquity && checkpoint.peakEquity <= lines.peakEquity * PEAK_STEP;
}

/** Liquidation prices are the venue's word, told anew with every comparison and never written. */
function withoutLiquidation({ positions, ...rest }: DeskPart): unknown {
  return { ...rest, positions: positions.map((held) => ({ ...held, position: without(held.position, ['liquidationPrice']) })) };
}

function without(row: Parts, names: readonly string[]): Parts {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
