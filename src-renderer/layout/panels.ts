// Which component draws which panel.
import { ChartPanel } from '../chart/ChartPanel.tsx';
import { Alarms } from '../panels/Alarms.tsx';
import { Connection } from '../panels/Connection.tsx';
import { Decisions } from '../panels/Decisions.tsx';
import { Detail } from '../panels/Detail.tsx';
import { Funnel } from '../panels/Funnel.tsx';
import { Health } from '../panels/Health.tsx';
import { HeatMap } from '../panels/HeatMap.tsx';
import { History } from '../panels/History.tsx';
import { Journal } from '../panels/Journal.tsx';
import { Ladder } from '../panels/Ladder.tsx';
import { Log } from '../panels/Log.tsx';
import { Markets } from '../panels/Markets.tsx';
import { Model } from '../panels/Model.tsx';
import { Orders } from '../panels/Orders.tsx';
import { Outcomes } from '../panels/Outcomes.tsx';
import { Positions } from '../panels/Positions.tsx';
import { Reasons } from '../panels/Reasons.tsx';
import { Rehearsal } from '../panels/Rehearsal.tsx';
import { Risk } from '../panels/Risk.tsx';
import { Storage } from '../panels/Storage.tsx';
import { Stress } from '../panels/Stress.tsx';
import { Ticket } from '../panels/Ticket.tsx';
import { Training } from '../panels/Training.tsx';
import { Virtual } from '../panels/Virtual.tsx';
import { Backtest } from '../review/Backtest.tsx';
import { Blind } from '../review/Blind.tsx';
import { Compare } from '../review/Compare.tsx';
import { Replay } from '../review/Replay.tsx';
import { Results } from '../review/Results.tsx';
import { Sessions } from '../review/Sessions.tsx';
import type { PanelId } from './names.ts';

export const PANELS: Readonly<Record<PanelId, React.FunctionComponent>> = {
  markets: Markets,
  heat: HeatMap,
  reasons: Reasons,
  chart: ChartPanel,
  positions: Positions,
  virtual: Virtual,
  orders: Orders,
  decisions: Decisions,
  history: History,
  journal: Journal,
  log: Log,
  detail: Detail,
  risk: Risk,
  ticket: Ticket,
  ladder: Ladder,
  stress: Stress,
  funnel: Funnel,
  health: Health,
  connection: Connection,
  model: Model,
  outcomes: Outcomes,
  alarms: Alarms,
  sessions: Sessions,
  replay: Replay,
  results: Results,
  compare: Compare,
  backtest: Backtest,
  blind: Blind,
  training: Training,
  storage: Storage,
  rehearsal: Rehearsal,
};
