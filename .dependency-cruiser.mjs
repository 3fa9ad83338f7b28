// Who may import whom: the layers, and the order inside the core. Read with swc; TypeScript 7 has no API this tool could use.
const CORE = '^src-main/core/';
/** Rooms of the core from the inside out; a room imports itself and what stands before it. */
const ORDER = ['market', 'indicators', 'structure', 'features', 'strategies', 'risk', 'execution', 'virtual', 'engine'];
/** Rooms that stand beside the order: used by workers and backtests, they know only what is listed. `backtest` stands above it and may know all. */
const BESIDE = { venue: [], review: [], learning: ['market', 'indicators', 'structure', 'features', 'strategies'] };
const SAME_STAGE = [
  ['market', 'indicators'],
  ['execution', 'virtual'],
];

/** Margin formulas of the futures account: arithmetic without state, needed on both sides of the wire. */
const SHARED_ARITHMETIC = `${CORE}venue/margin\\.ts$`;

const stageOf = (room) => SAME_STAGE.findIndex((stage) => stage.includes(room));
const mayNot = (room) => ORDER.slice(ORDER.indexOf(room) + 1).filter((later) => stageOf(room) === -1 || stageOf(room) !== stageOf(later));
const path = (rooms) => `${CORE}(${rooms.join('|')})/`;

const coreOrder = ORDER.slice(0, -1).map((room) => ({
  name: `core-order-${room}`,
  severity: 'error',
  comment: 'Inside the core imports go market, indicators → structure → features → strategies → risk → execution, virtual → engine.',
  from: { path: path([room]) },
  to: { path: path(mayNot(room).concat('learning', 'venue', 'review', 'backtest')), pathNot: SHARED_ARITHMETIC },
}));
const coreBeside = Object.entries(BESIDE).map(([room, allowed]) => ({
  name: `core-beside-${room}`,
  severity: 'error',
  comment: 'The venue and learning stand beside the engine, never on it.',
  from: { path: path([room]) },
  to: { path: path(ORDER.filter((other) => !allowed.includes(other))) },
}));

const layer = (name, from, allowed) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `${from} imports only what ARCHITECTURE.md allows it.`,
  from: { path: `^${from}/` },
  to: { path: '^(src-|test/|scripts/)', pathNot: `^(${allowed.join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other are one file.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    layer('shared', 'src-shared', ['src-shared']),
    layer('core', 'src-main/core', ['src-main/core', 'src-shared']),
    layer('adapters', 'src-main/adapters', ['src-main/adapters', 'src-main/core', 'src-shared']),
    layer('hosts', 'src-main/hosts', ['src-main', 'src-shared']),
    layer('worker', 'src-worker', ['src-worker', 'src-main/core', 'src-shared']),
    layer('renderer', 'src-renderer', ['src-renderer', 'src-shared']),
    {
      name: 'pure',
      severity: 'error',
      comment: 'The vocabulary knows zod; the core knows nothing outside.',
      from: { path: '^(src-shared|src-main/core)/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/zod/' },
    },
    { name: 'core-no-zod', severity: 'error', comment: 'Parsing happens at the edges.', from: { path: CORE }, to: { path: 'node_modules/zod/' } },
    {
      name: 'electron-room',
      severity: 'error',
      comment: 'Electron lives in its own host.',
      from: { pathNot: '^(src-main/hosts/electron|test)/' },
      to: { path: 'node_modules/electron/' },
    },
    ...coreOrder,
    ...coreBeside,
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'], conditionNames: ['import', 'node', 'default'] },
  },
};
