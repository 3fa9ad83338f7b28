// The checks of every place the terminal talks to, as one answer for the screen.
import type { Diagnosis, ExitAddressView, PlaceDiagnosis } from '../../../src-shared/contract/diagnosis.ts';
import { wayInWords, type ConnectionReport } from './connection-check.ts';
import type { Endpoints } from './endpoints.ts';

export interface CheckedPlace {
  readonly side: PlaceDiagnosis['side'];
  readonly endpoints: Endpoints;
  /** Checks run side by side; each is awaited here. */
  readonly report: Promise<ConnectionReport>;
}

export async function toDiagnosis(at: number, checked: readonly CheckedPlace[], exit: ExitAddressView): Promise<Diagnosis> {
  const places = await Promise.all(checked.map(async ({ side, endpoints, report }) => toPlace(side, endpoints, await report)));
  const isWayFine = places.every(({ requestsWork, streamsWork }) => requestsWork && streamsWork);
  return { at, places, exit, isFine: isWayFine && (exit.state === 'verified' || exit.state === 'not-needed') };
}

function toPlace(side: PlaceDiagnosis['side'], { rest }: Endpoints, report: ConnectionReport): PlaceDiagnosis {
  const { via, restFailure, streamFailure, roundTripMs, clockOffsetMs, sentence } = report;
  const requestsWork = restFailure === null;
  const streamsWork = streamFailure === null;
  return { side, host: new URL(rest).host, via, requestsWork, streamsWork, roundTripMs, clockOffsetMs, sentence, said: wayInWords(report) };
}
