// A unit of work: a request, a message, a sweep. What happens inside of it, however deep, is noted in it, and told in its one line.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { MetricName } from '#operations/metrics';
import type { Measured } from './emf.ts';
import type { Facts } from './facts.ts';
import type { Line, Log } from './log.ts';
import { type Tally, tally } from './tally.ts';

interface Unit {
  readonly log: Log;
  /** By deployment, those that matter most last. */
  readonly deployments: Map<string, Facts>;
  readonly tally: Tally;
  /** What it has read, by key: what it then writes is compared with it. */
  readonly read: Map<string, unknown>;
  readonly organizations: Set<string>;
  rollout: string | undefined;
  fault: unknown;
}

const units = new AsyncLocalStorage<Unit>();

/** Ids that one line may name: a sweep looks at hundreds, and each of those has a line of its own soon after. */
const namedMax = 100;

export const measure = (name: MetricName, value = 1): void => {
  units.getStore()?.tally.add({ [name]: value });
};

/** The unit is about this deployment; what is noted last is what its line names first. */
export const concerns = (deployment: string, facts: Facts = {}): void => {
  const named = units.getStore()?.deployments;
  const before = named?.get(deployment);
  named?.delete(deployment);
  named?.set(deployment, { ...before, ...facts });
};

export const concernsRollout = (rollout: string): void => {
  const unit = units.getStore();
  if (unit !== undefined) unit.rollout = rollout;
};

export const belongsTo = (organization: string): void => {
  units.getStore()?.organizations.add(organization);
};

export const remember = (key: string, value: unknown): void => {
  units.getStore()?.read.set(key, value);
};

export const hasRead = (key: string): boolean => units.getStore()?.read.has(key) ?? false;

export const remembered = (key: string): unknown => units.getStore()?.read.get(key);

/** A sweep writes thousands, each once. */
export const forget = (key: string): void => {
  units.getStore()?.read.delete(key);
};

export const debug = (line: Line): void => units.getStore()?.log.debug(line);

/** A sweep is nobody's. */
const organizationOf = ({ organizations }: Unit): string | undefined =>
  organizations.size === 1 ? [...organizations][0] : undefined;

const agree = (one: unknown, other: unknown): boolean =>
  one === undefined || other === undefined || one === other;

/** A line that says where names only what is there. */
const namedBy = ({ deployments }: Unit, { thing, channel }: Facts): string[] =>
  [...deployments]
    .filter(([, facts]) => agree(thing, facts.thing) && agree(channel, facts.channel))
    .map(([id]) => id)
    .reverse();

const factsOf = (unit: Unit, line: Facts): Facts => {
  const named = namedBy(unit, line);
  const main = line.deployment ?? named[0];
  const others = named.filter((id) => id !== main).slice(0, namedMax);
  return {
    organization: organizationOf(unit),
    deployment: main,
    ...unit.deployments.get(String(main)),
    rollout: unit.rollout,
    others: others.length === 0 ? undefined : others.join(' '),
  };
};

/** The table's units that this line's work has taken: its metrics may be those of several lines. */
const unitsOf = ({ ReadUnits, WriteUnits }: Measured): Facts => ({
  reads: Number(ReadUnits) || undefined,
  writes: Number(WriteUnits) || undefined,
});

/** The log that a unit writes to: its lines name what the unit was about, and what it took. */
const logOf = (unit: Unit, tell: (facts: Facts) => void): Log => {
  const whole = (line: Line, spent: Measured): Line => {
    const said = Object.fromEntries(Object.entries(line).filter(([, fact]) => fact !== undefined));
    const facts = { ...factsOf(unit, line), ...said };
    // A route's own parameter is most often the deployment's id: once is enough.
    const id = facts.id === facts.deployment ? undefined : facts.id;
    const told = { ...facts, id, ...unitsOf(spent), code: line.code };
    tell(told);
    return told;
  };
  return {
    ...unit.log,
    line: (line, measured) => {
      const spent = unit.tally.take();
      unit.log.line(whole(line, spent), { ...spent, ...measured });
    },
    fault: (line, cause, measured) => {
      unit.fault = cause;
      const spent = unit.tally.take();
      unit.log.fault(whole(line, spent), cause, { Faults: 1, ...spent, ...measured });
    },
  };
};

/** What X-Ray is searched for. */
const annotationsOf = ({ organization, deployment, rollout }: Facts): Facts => ({
  organization,
  deployment,
  rollout,
});

export const inUnit = <Answer>(log: Log, work: (log: Log) => Promise<Answer>): Promise<Answer> => {
  const unit: Unit = {
    log,
    deployments: new Map(),
    tally: tally(),
    read: new Map(),
    organizations: new Set(),
    rollout: undefined,
    fault: undefined,
  };
  let told: Facts = {};
  return units.run(unit, () =>
    log.traces(
      () =>
        work(
          logOf(unit, (facts) => {
            told = facts;
          }),
        ),
      () => ({ annotations: annotationsOf(told), fault: unit.fault }),
    ),
  );
};
