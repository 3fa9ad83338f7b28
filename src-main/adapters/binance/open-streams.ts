// The connections of this process that are meant to be open, so that a person can see each: up or not, how silent, how often lost.
import type { StreamView } from '../../../src-shared/contract/system.ts';

export interface ReportingStream {
  report(): StreamView;
}

/** A socket is a resource of the process, and so is the list of them; who starts one lists it, who stops one takes it out. */
const listed = new Set<ReportingStream>();

export function listStream(stream: ReportingStream): void {
  listed.add(stream);
}

export function unlistStream(stream: ReportingStream): void {
  listed.delete(stream);
}

/** One line for each connection, in the order they were started. */
export function reportStreams(): readonly StreamView[] {
  return [...listed].map((stream) => stream.report());
}
