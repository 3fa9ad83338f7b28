// Bollinger bands over a short fixed window.

export const BOLLINGER_PERIOD = 20;
export const BOLLINGER_DEVIATIONS = 2;

/**
 * Mean of the last 20 inputs ± 2 population standard deviations; NaN before 20 inputs. The window is summed anew each time:
 * a running sum of squares drifts over a long history, and 20 additions cost less than that is worth.
 */
export class Bollinger {
  private readonly window = new Float64Array(BOLLINGER_PERIOD);
  private seen = 0;
  middle = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;

  update(input: number): void {
    const window = this.window;
    window[this.seen % BOLLINGER_PERIOD] = input;
    this.seen += 1;
    if (this.seen < BOLLINGER_PERIOD) return;
    let sum = 0;
    for (let index = 0; index < BOLLINGER_PERIOD; index += 1) sum += window[index]!;
    const mean = sum / BOLLINGER_PERIOD;
    let squares = 0;
    for (let index = 0; index < BOLLINGER_PERIOD; index += 1) squares += (window[index]! - mean) ** 2;
    const deviation = Math.sqrt(squares / BOLLINGER_PERIOD);
    this.middle = mean;
    this.upper = mean + BOLLINGER_DEVIATIONS * deviation;
    this.lower = mean - BOLLINGER_DEVIATIONS * deviation;
  }
}
