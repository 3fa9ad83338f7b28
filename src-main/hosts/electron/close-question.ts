// What is asked before the window closes while positions are open: go on in the background, stop, or stay.
import type { DialogCalls } from './desktop-calls.ts';
import type { CloseChoice } from './window.ts';

/** Resolves with what the person chose; the engine goes on while the question stands. */
export async function askHowToClose(dialog: DialogCalls, openPositions: number): Promise<CloseChoice> {
  const choice = await dialog.ask({
    title: 'Perpetual Terminal',
    message: `${openPositions === 1 ? '1 position is' : `${openPositions} positions are`} open.`,
    detail: 'In the background the terminal goes on watching them. Stopped, they keep only their stops and targets at the exchange.',
    buttons: ['Go on in the background', 'Stop and quit', 'Cancel'],
    cancelId: 2,
  });
  return (['background', 'quit', 'cancel'] as const)[choice] ?? 'cancel';
}
