// How one parameter is described: kind, unit, range, default, group and help. The settings form, validation and docs come from it.

export const PARAMETER_GROUPS = [
  'trading',
  'universe',
  'risk',
  'guards',
  'strategy',
  'modules',
  'indicators',
  'structure',
  'regimes',
  'orders',
  'protection',
  'trailing',
  'virtual',
  'monitoring',
  'learning',
  'workers',
  'performance',
  'api',
  'breaker',
  'cache',
  'notifications',
  'sessions',
  'interface',
  'desktop',
] as const;
export type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

interface Described {
  readonly group: ParameterGroup;
  /** Upper-case name of the parameter in the product's parameter list. */
  readonly name: string;
  readonly help: string;
  readonly unit: string;
}

export interface NumberParameter extends Described {
  readonly kind: 'number';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

export interface BooleanParameter extends Described {
  readonly kind: 'boolean';
  readonly default: boolean;
}

export interface ChoiceParameter<T extends string = string> extends Described {
  readonly kind: 'choice';
  readonly default: T;
  readonly choices: readonly T[];
}

export interface TextParameter extends Described {
  readonly kind: 'text';
  readonly default: string;
  readonly maximumLength: number;
}

export type Parameter = NumberParameter | BooleanParameter | ChoiceParameter | TextParameter;

type Head = readonly [group: ParameterGroup, name: string, help: string];

/** A real number in [minimum, maximum]. */
export function real(head: Head, value: number, range: readonly [number, number, string]): NumberParameter {
  return { kind: 'number', integer: false, ...describe(head, range[2]), default: value, minimum: range[0], maximum: range[1] };
}

/** A whole number in [minimum, maximum]. */
export function whole(head: Head, value: number, range: readonly [number, number, string]): NumberParameter {
  return { kind: 'number', integer: true, ...describe(head, range[2]), default: value, minimum: range[0], maximum: range[1] };
}

export function flag(head: Head, value: boolean): BooleanParameter {
  return { kind: 'boolean', ...describe(head, ''), default: value };
}

export function choice<T extends string>(head: Head, value: NoInfer<T>, choices: readonly T[]): ChoiceParameter<T> {
  return { kind: 'choice', ...describe(head, ''), default: value, choices };
}

export function text(head: Head, value: string, maximumLength: number): TextParameter {
  return { kind: 'text', ...describe(head, ''), default: value, maximumLength };
}

function describe(head: Head, unit: string): Described {
  return { group: head[0], name: head[1], help: head[2], unit };
}
