// The two-sided gate of INT8: served quantised only if it is as good on validation data and faster on this machine.

/** Largest relative rise of the validation loss. */
export const LOSS_TOLERANCE = 0.005;
/** Gains in time below this share are within the noise of a busy machine. */
export const LEAST_SPEED_UP = 0.05;

export interface PrecisionMeasures {
  /** Validation loss, lower is better. */
  readonly lossFp32: number;
  readonly lossInt8: number;
  /** Median milliseconds of one batch, both measured in the same run. */
  readonly millisecondsFp32: number;
  readonly millisecondsInt8: number;
}

export interface PrecisionVerdict {
  readonly precision: 'int8' | 'fp32';
  /** For the models view, one sentence. */
  readonly why: string;
}

export function choosePrecision(measures: PrecisionMeasures): PrecisionVerdict {
  const { lossFp32, lossInt8, millisecondsFp32, millisecondsInt8 } = measures;
  const rise = (lossInt8 - lossFp32) / Math.abs(lossFp32);
  const speed = `${millisecondsInt8.toFixed(3)} ms against ${millisecondsFp32.toFixed(3)} ms a batch`;
  const percent = `${rise >= 0 ? '+' : ''}${(rise * 100).toFixed(2)} % validation loss`;
  if (!(rise < LOSS_TOLERANCE)) return { precision: 'fp32', why: `Served in fp32: INT8 costs too much accuracy (${percent}).` };
  if (!(millisecondsInt8 < millisecondsFp32 * (1 - LEAST_SPEED_UP)))
    return { precision: 'fp32', why: `Served in fp32: INT8 is not faster on this machine (${speed}; ${percent}).` };
  return { precision: 'int8', why: `Served in INT8: faster on this machine (${speed}) at ${percent}.` };
}
