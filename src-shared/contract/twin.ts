// The live twin: a real position beside the virtual one of the same signal, and what execution cost, by cause.

/** Basis points of the planned notional; positive cost us, negative gained. Their sum is the whole difference. */
export interface ExecutionCost {
  /** The price moved between the decision and the moment the order left. */
  readonly delay: number;
  /** The fills were worse than the price when the order left, beyond what the twin assumes. */
  readonly slippage: number;
  /** The real exit (or the mark, while open) was worse than the twin's. */
  readonly exit: number;
  /** Fees beyond what the twin assumes. */
  readonly fee: number;
  readonly funding: number;
  /** What the twin made on the part that was never filled. */
  readonly partialFill: number;
}

export interface TwinView {
  /** Id of the virtual position: the signal's. */
  readonly id: string;
  readonly isOpen: boolean;
  /** Net results in basis points of the planned notional. */
  readonly twinBps: number;
  readonly realBps: number;
  /** Net result of the twin in R of the plan. */
  readonly twinR: number;
  readonly cost: ExecutionCost;
  /** Sum of the causes: twin less real. */
  readonly totalBps: number;
  /** A person changed this position: then `exit` shows what the hand did, not what execution cost. */
  readonly isChangedByHand: boolean;
}
