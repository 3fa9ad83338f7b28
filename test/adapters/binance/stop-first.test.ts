// A stop leaves before what was decided with it, and everything else keeps its order.
import { describe, expect, it } from 'vitest';
import { StopFirst } from '../../../src-main/adapters/binance/stop-first.ts';

/** Requests of one moment, each of three steps that give way to others as those of an HTTP client do. */
async function stepsOf(requests: readonly string[]): Promise<readonly string[]> {
  const order = new StopFirst();
  const steps: string[] = [];
  const send = async (name: string): Promise<void> => {
    await order.turn(name.startsWith('stop'));
    for (const step of ['prepare', 'sign', 'write']) {
      steps.push(`${step} ${name}`);
      await Promise.resolve();
    }
  };
  await Promise.all(requests.map(send));
  return steps;
}

describe('requests of one moment', () => {
  it('the stop is written before its target is prepared', async () => {
    expect(await stepsOf(['stop', 'target'])).toEqual(['prepare stop', 'sign stop', 'write stop', 'prepare target', 'sign target', 'write target']);
  });

  it('what comes after the stop keeps its order: no cancellation overtakes its order', async () => {
    const steps = await stepsOf(['stop', 'target', 'cancel target']);
    expect(steps.indexOf('write target')).toBeLessThan(steps.indexOf('prepare cancel target'));
  });

  it('two stops do not wait for each other', async () => {
    expect((await stepsOf(['stop 1', 'stop 2'])).slice(0, 2)).toEqual(['prepare stop 1', 'prepare stop 2']);
  });

  it('without a stop nobody waits, and a later moment is free again', async () => {
    const order = new StopFirst();
    let isOver = false;
    setImmediate(() => void (isOver = true));
    await order.turn(false);
    expect(isOver).toBe(false);
    await order.turn(true);
    await new Promise((resume) => setImmediate(resume));
    let isLater = false;
    setImmediate(() => void (isLater = true));
    await order.turn(false);
    expect(isLater).toBe(false);
  });
});
