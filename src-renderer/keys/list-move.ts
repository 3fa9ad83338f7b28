// The list that J, K and the arrows walk through; the panel that shows markets owns its order.
let move: (step: 1 | -1) => void = () => undefined;

/** Called by the list on show; returns the function that gives the keys back. */
export function ownListMove(handler: (step: 1 | -1) => void): () => void {
  move = handler;
  return () => {
    if (move === handler) move = () => undefined;
  };
}

export function moveInList(step: 1 | -1): void {
  move(step);
}
