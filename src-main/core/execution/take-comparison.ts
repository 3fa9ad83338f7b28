// What the venue says of the account or of single symbols is taken: fills and funding, orders, then positions, then the conclusions.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { VenueState } from '../ports.ts';
import { HOUR_MS, type DeskCore } from './desk-core.ts';
import { takeFill } from './fill-desk.ts';
import { takePayment } from './funding.ts';
import { reconcileDesk } from './reconcile.ts';
import { takeReport } from './reports.ts';
import { abandonPosition, endPosition, settlePosition } from './settle.ts';

export function takeComparison(desk: DeskCore, venue: VenueState, now: EpochMs): void {
  const { context } = desk;
  for (const fill of venue.fills) takeFill(desk, fill, now);
  for (const payment of venue.funding ?? []) takePayment(desk, payment, now);
  for (const report of venue.orders) {
    const order = context.state.orders.get(report.clientOrderId);
    if (order !== undefined) takeReport(desk, { order, report, now });
  }
  reconcileDesk(context, venue, {
    now,
    adopt: (held, summary) => desk.keep(held, now, summary),
    close: (held, reason) => endPosition(desk, held, { now, reason }),
    abandon: (held, why) => abandonPosition(desk, held, { now, why }),
    fetchFills: (symbol) => desk.want(symbol, now - HOUR_MS, now),
    ask: (id) => desk.inquiries.ask(id, now, 0),
    makeId: () => desk.nextId(),
  });
  for (const held of context.state.alive()) settlePosition(desk, held.position.id, now);
}
