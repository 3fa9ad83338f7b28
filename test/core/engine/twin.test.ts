// The live twin in the engine: shown beside a real position, followed after it closed, and written down once when both have ended.
import { describe, expect, it } from 'vitest';
import type { PositionView } from '../../../src-shared/contract/view.ts';
import type { EngineOutput } from '../../../src-main/core/engine/messages.ts';
import { EngineBench } from './bench.ts';

function viewsOf(output: EngineOutput): readonly Omit<PositionView, 'events'>[] {
  return output.events.flatMap((event) => (event.kind === 'position' ? [event.view] : []));
}

/** Opened by hand at 60,000 with a stop at 59,400; the fill is paid at the price the bench has. */
function opened(): { readonly bench: EngineBench; readonly positionId: string } {
  const bench = new EngineBench().warmUp();
  bench.command({ kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null });
  const prepare = bench.effects.find((effect) => effect.kind === 'prepare-symbol');
  if (prepare === undefined) throw new Error('nothing was prepared');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: { ok: true, value: null } });
  const [entry] = bench.intents();
  if (entry === undefined) throw new Error('no entry was sent');
  bench.price(60_060);
  bench.fill(entry);
  for (const purpose of ['stop', 'target']) for (const intent of bench.intents().filter((sent) => sent.purpose === purpose)) bench.acknowledge(intent);
  return { bench, positionId: prepare.positionId };
}

describe('H3 the live twin of a real position', () => {
  it('stands beside it on the screen, with the slippage of the fill named', () => {
    const { bench } = opened();
    const [view] = viewsOf(bench.wait(250));
    expect(view?.twin).toMatchObject({ isOpen: true, isChangedByHand: false });
    expect(view?.twin?.cost.slippage).toBeCloseTo(10 - 4, 3);
    expect(view?.twin?.cost.delay).toBeCloseTo(0, 6);
    expect(view?.twin?.totalBps).toBeCloseTo((view?.twin?.twinBps ?? 0) - (view?.twin?.realBps ?? 0), 6);
  });

  it('goes on after a person closed the real one, is written down once when it ends, and a restart does not write it again', () => {
    const { bench, positionId } = opened();
    bench.command({ kind: 'close-position', positionId, fraction: 1 });
    const close = bench.intents().at(-1);
    if (close?.purpose !== 'close') throw new Error('no close was sent');
    bench.fill(close);
    const shown = viewsOf(bench.send({ kind: 'virtual-tick' })).find((view) => view.position.id === positionId);
    expect(shown).toMatchObject({ position: { phase: 'closed' }, twin: { isOpen: true, isChangedByHand: true } });
    expect(bench.records.filter((record) => record.kind === 'twin')).toEqual([]);
    bench.price(62_000);
    bench.send({ kind: 'virtual-tick' });
    bench.send({ kind: 'virtual-tick' });
    const written = bench.records.filter((record) => record.kind === 'twin');
    expect(written).toMatchObject([{ positionId, data: { isOpen: false, isChangedByHand: true } }]);
    const reborn = bench.reborn();
    const again = reborn.process({ kind: 'virtual-tick', at: bench.now });
    expect(again.records.filter((record) => record.kind === 'twin')).toEqual([]);
  });
});
