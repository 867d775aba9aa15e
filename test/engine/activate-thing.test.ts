// Activation: a token that is good for one key, a certificate for that key, and no other that still works.
import { describe, expect, it } from 'vitest';
import { type ActivateThing, activateThing, activationMs, issueActivation } from '#engine/activate-thing';
import { Unavailable } from '#engine/ports';
import { issueProvisioning, provisioningMs } from '#engine/provision-thing';
import { retireThing, revokeThing } from '#engine/retire-thing';
import { takePresence } from '#engine/take-presence';
import { tokensMs } from '#operations/retention';
import {
  days,
  dieAt,
  failing,
  type Given,
  givenThing,
  granted,
  hours,
  justBefore,
  minutes,
  refusalOf,
} from './given.ts';

const issue = async ({ world, thing }: Given, allowReactivation = false): Promise<string> =>
  granted(await issueActivation(world)({ organization: 'acme', name: thing, allowReactivation })).token;

const activate = (
  { world }: Pick<Given, 'world'>,
  token: string,
  csr = 'csr',
  over: Partial<ActivateThing> = {},
) => activateThing(world)({ token, csr, keepsFiles: false, ...over });

const activeIn = ({ system }: Given): string[] =>
  system.certificates
    .issued()
    .filter(({ active }) => active)
    .map(({ certificate }) => certificate.pem);

const thingOf = async ({ world, thing }: Given) => {
  const found = await world.things.load(thing);
  if (found === undefined) throw new Error('There is no thing.');
  return found;
};

const givenActivated = async () => {
  const given = await givenThing();
  const { certificate } = granted(await activate(given, await issue(given), 'first'));
  return { given, first: certificate };
};

describe('a token', () => {
  it('is exchanged for a certificate, with all that is needed to connect', async () => {
    const given = await givenThing();
    const answer = granted(await activate(given, await issue(given), 'csr', { agentVersion: 'agent/1' }));
    expect(answer).toEqual({
      thing: given.thing,
      certificate: activeIn(given)[0],
      endpoint: { host: 'things.shadowcast.test', port: 8883 },
    });
    expect(await thingOf(given)).toMatchObject({
      agentVersion: 'agent/1',
      certificate: { pem: answer.certificate },
      activation: { done: true },
    });
  });

  it('is kept only as a hash', async () => {
    const given = await givenThing();
    const token = await issue(given);
    const secret = token.split('_').at(-1) ?? '';
    expect(secret).toHaveLength(32);
    expect(JSON.stringify(await thingOf(given))).not.toContain(secret);
  });

  it('may be used until its hour is over', async () => {
    const given = await givenThing();
    const token = await issue(given);
    given.system.clock.pass(activationMs);
    expect(refusalOf(await activate(given, token))).toBeUndefined();
  });

  it('is refused when its hour is over', async () => {
    const given = await givenThing();
    const token = await issue(given);
    given.system.clock.pass(activationMs + 1);
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
    expect(given.system.certificates.issued()).toEqual([]);
  });

  it('is worthless once another was issued', async () => {
    const given = await givenThing();
    const token = await issue(given);
    await issue(given);
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
  });

  it('is good for one key', async () => {
    const given = await givenThing();
    const token = await issue(given);
    granted(await activate(given, token, 'mine'));
    expect(refusalOf(await activate(given, token, 'another'))).toBe('activation_refused');
    expect(given.system.certificates.issued()).toHaveLength(1);
  });

  it('is refused in the same words whatever is wrong with it', async () => {
    const given = await givenThing();
    const token = await issue(given);
    const wrong = [
      '',
      'sat_',
      token.slice(0, -1),
      `${token}0`,
      token.toUpperCase(),
      `sat_0123456789abcdef_${'0'.repeat(32)}`,
      `sat_${given.thing}_${'0'.repeat(32)}`,
      `spt_acme_spt0123456789abcdef_${'0'.repeat(32)}`,
    ];
    const answers = await Promise.all(wrong.map((one) => activate(given, one)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(refusalOf(answers[0])).toBe('activation_refused');
  });

  it('is not issued to another organization', async () => {
    const given = await givenThing();
    const wish = { organization: 'globex', name: given.thing, allowReactivation: true };
    expect(refusalOf(await issueActivation(given.world)(wish))).toBe('not_found');
  });

  it('that was used answers the same certificate to the same key, also when its hour is over', async () => {
    const given = await givenThing();
    const token = await issue(given);
    const first = granted(await activate(given, token));
    given.system.clock.pass(2 * hours);
    expect(granted(await activate(given, token))).toEqual(first);
    expect(given.system.certificates.issued()).toHaveLength(1);
  });
});

describe('an activation that died', () => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls is finished by the same key: one certificate works, and it is the one that was told',
    async (moment) => {
      for (let dies = 1; ; dies += 1) {
        const given = await givenThing();
        const token = await issue(given);
        const death = dieAt(given.system, dies, moment);
        await activate(given, token).catch(() => undefined);
        death.revive();
        if (!death.hasDied()) {
          expect(dies).toBeGreaterThan(6);
          return;
        }
        const { certificate } = granted(await activate(given, token));
        expect(activeIn(given), `died ${moment} call ${dies}`).toEqual([certificate]);
        expect((await thingOf(given)).certificate?.pem).toBe(certificate);
        // The first to come decides whose key it is, unless it died before it could.
        expect(refusalOf(await activate(given, token, 'thief'))).toBe('activation_refused');
      }
    },
  );
});

describe('a thing that is activated again', () => {
  it('must be allowed to be', async () => {
    const { given } = await givenActivated();
    const wish = { organization: 'acme', name: given.thing, allowReactivation: false };
    expect(refusalOf(await issueActivation(given.world)(wish))).toBe('already_activated');
  });

  it('has a new certificate, and its old one is useless', async () => {
    const { given, first } = await givenActivated();
    const token = await issue(given, true);
    expect(activeIn(given)).toEqual([first]);
    const { certificate } = granted(await activate(given, token, 'second'));
    expect(certificate).not.toBe(first);
    expect(activeIn(given)).toEqual([certificate]);
  });

  it('gets again what it shall have, under new seqs, on every channel', async () => {
    const { given } = await givenActivated();
    const id = await given.deploy(1);
    await given.settle();
    const before = (await given.world.slots.load(given.slot))?.seq ?? 0;
    granted(await activate(given, await issue(given, true), 'second'));
    expect(await given.phaseOf(id)).toBe('queued');
    expect((await given.world.slots.load(given.slot))?.seq).toBeGreaterThan(before);
    await given.settle();
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('and has kept its files goes on as it was', async () => {
    const { given } = await givenActivated();
    const id = await given.deploy(1);
    await given.settle();
    granted(await activate(given, await issue(given, true), 'second', { keepsFiles: true }));
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it.each(['before', 'after'] as const)('and died %s any one of its calls ends the same', async (moment) => {
    for (let dies = 1; ; dies += 1) {
      const { given } = await givenActivated();
      const id = await given.deploy(1);
      await given.settle();
      const token = await issue(given, true);
      const death = dieAt(given.system, dies, moment);
      await activate(given, token, 'second').catch(() => undefined);
      death.revive();
      if (!death.hasDied()) {
        expect(dies).toBeGreaterThan(10);
        return;
      }
      const { certificate } = granted(await activate(given, token, 'second'));
      expect(activeIn(given), `died ${moment} call ${dies}`).toEqual([certificate]);
      expect(await given.phaseOf(id)).toBe('queued');
      given.system.clock.pass(2 * minutes);
      await given.system.sweep();
      await given.settle();
      expect(await given.phaseOf(id)).toBe('deployed');
    }
  });

  it('is not disturbed by the end of its old connection, which its own activation brings about', async () => {
    const { given, first } = await givenActivated();
    await takePresence(given.world)({ thing: given.thing, eventType: 'connected', versionNumber: 1, at: 1 });
    const token = await issue(given, true);
    justBefore(
      given.system,
      'certificates.keepOnly',
      () =>
        takePresence(given.world)({ thing: given.thing, eventType: 'disconnected', versionNumber: 2, at: 2 }),
      'after',
    );
    const { certificate } = granted(await activate(given, token, 'second'));
    expect(certificate).not.toBe(first);
    expect(activeIn(given)).toEqual([certificate]);
  });
});

describe('two activations at the same time', () => {
  const activations = (given: Given, token: string, ...csrs: readonly string[]) =>
    Promise.allSettled(csrs.map((csr) => activate(given, token, csr)));

  const certificatesIn = (settled: Awaited<ReturnType<typeof activations>>): string[] =>
    settled.flatMap((one) =>
      one.status === 'fulfilled' && !('refused' in one.value) ? [one.value.certificate] : [],
    );

  it('with two keys: one gets a certificate, the other none', async () => {
    const given = await givenThing();
    const token = await issue(given);
    const told = certificatesIn(await activations(given, token, 'mine', 'thief'));
    expect(told).toHaveLength(1);
    expect(activeIn(given)).toEqual(told);
  });

  // A device whose connection was cut asks again while its first request is still being worked on.
  it('with one key: whatever certificate was told works, then and afterwards', async () => {
    const given = await givenThing();
    const token = await issue(given);
    granted(
      await activate(
        {
          world: {
            ...given.world,
            certificates: {
              ...given.world.certificates,
              // The first one has signed and withdrawn the others; before it is saved, the second one does the same.
              keepOnly: async (thing, kept) => {
                await given.world.certificates.keepOnly(thing, kept);
                const { issue: sign, keepOnly } = given.world.certificates;
                const once = {
                  ...given.world,
                  certificates: { ...given.world.certificates, issue: sign, keepOnly },
                };
                given.system.setFault(failing('things.save', () => new Unavailable('slow')));
                await activate({ world: once }, token).catch(() => undefined);
                given.system.setFault(undefined);
              },
            },
          },
        },
        token,
      ),
    );
    const { certificate } = granted(await activate(given, token));
    expect(activeIn(given)).toContain(certificate);
  });

  it('with an old token, that was slow, and a new one: the new one’s certificate works', async () => {
    const { given } = await givenActivated();
    const old = await issue(given, true);
    let certificate = '';
    // The old one has been bound to its key and is about to sign, when a person issues a new one, which is used.
    justBefore(given.system, 'certificates.issue', async () => {
      certificate = granted(await activate(given, await issue(given, true), 'new')).certificate;
    });
    await activate(given, old, 'old').catch(() => undefined);
    expect((await thingOf(given)).certificate?.pem).toBe(certificate);
    expect(activeIn(given)).toContain(certificate);
  });
});

describe('a stolen thing whose certificate was revoked', () => {
  const revoke = ({ world, thing }: Given) => revokeThing(world)({ organization: 'acme', name: thing });

  it('has none that works', async () => {
    const { given } = await givenActivated();
    granted(await revoke(given));
    expect(activeIn(given)).toEqual([]);
  });

  it('gets none for its old token and key', async () => {
    const given = await givenThing();
    const token = await issue(given);
    granted(await activate(given, token));
    granted(await revoke(given));
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
  });

  it('whose revocation died is revoked by the repeat', async () => {
    const { given } = await givenActivated();
    given.system.setFault(failing('certificates.keepOnly', () => new Unavailable('IoT')));
    await expect(revoke(given)).rejects.toThrow(Unavailable);
    given.system.setFault(undefined);
    granted(await revoke(given));
    expect(activeIn(given)).toEqual([]);
  });

  it('is nobody’s but its organization’s to revoke', async () => {
    const { given } = await givenActivated();
    const answer = await revokeThing(given.world)({ organization: 'globex', name: given.thing });
    expect(refusalOf(answer)).toBe('not_found');
    expect(activeIn(given)).toHaveLength(1);
  });
});

describe('a provisioning token', () => {
  const givenProvisioned = async () => {
    const given = await givenThing();
    const token = granted(
      await issueProvisioning(given.world)({ organization: 'acme', roster: 'devices' }),
    ).token;
    return { given, token };
  };

  it('makes a thing of whoever comes with a key of its own', async () => {
    const { given, token } = await givenProvisioned();
    const answer = granted(await activate(given, token, 'csr', { name: 'robot-9' }));
    expect(await given.world.things.load(answer.thing)).toMatchObject({
      label: 'robot-9',
      organization: 'acme',
    });
    expect(activeIn(given)).toEqual([answer.certificate]);
  });

  it('is refused when its time is over, and with another key', async () => {
    const { given, token } = await givenProvisioned();
    given.system.clock.pass(provisioningMs + 1);
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
    const fresh = await givenProvisioned();
    granted(await activate(fresh.given, fresh.token, 'mine'));
    expect(refusalOf(await activate(fresh.given, fresh.token, 'thief'))).toBe('activation_refused');
  });

  it.each(['before', 'after'] as const)(
    'is finished by the same key, having died %s any one of its calls',
    async (moment) => {
      for (let dies = 1; ; dies += 1) {
        const { given, token } = await givenProvisioned();
        const death = dieAt(given.system, dies, moment);
        await activate(given, token).catch(() => undefined);
        death.revive();
        if (!death.hasDied()) {
          expect(dies).toBeGreaterThan(8);
          return;
        }
        const { certificate } = granted(await activate(given, token));
        expect(activeIn(given), `died ${moment} call ${dies}`).toEqual([certificate]);
        // Robot 7 and this one.
        expect(
          await Array.fromAsync(given.world.things.namesOf('acme', 'devices', 'oldest first')),
        ).toHaveLength(2);
      }
    },
  );

  it('brings no thing back whose certificate was revoked', async () => {
    const { given, token } = await givenProvisioned();
    const { thing } = granted(await activate(given, token));
    granted(await revokeThing(given.world)({ organization: 'acme', name: thing }));
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
    expect(activeIn(given)).toEqual([]);
  });

  it('makes no second thing of a device that was retired, however much later', async () => {
    const { given, token } = await givenProvisioned();
    const { thing } = granted(await activate(given, token));
    granted(await retireThing(given.world)({ organization: 'acme', name: thing }));
    given.system.clock.pass(3 * days);
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
    expect(await Array.fromAsync(given.world.things.namesOf('acme', 'devices', 'oldest first'))).toEqual([
      given.thing,
    ]);
  });

  it('answers the same certificate days later, and makes no second thing when the first was renamed', async () => {
    const { given, token } = await givenProvisioned();
    const first = granted(await activate(given, token));
    const thing = await given.world.things.load(first.thing);
    if (thing === undefined) throw new Error('It was not made.');
    await given.world.things.save({ ...thing, label: 'renamed', version: thing.version + 1 });
    given.system.clock.pass(3 * days);
    expect(granted(await activate(given, token))).toEqual(first);
  });

  it('is forgotten a month after its time was over, used or not; its thing stays', async () => {
    const { given, token } = await givenProvisioned();
    const { thing } = granted(await activate(given, token));
    const tokens = () =>
      Array.fromAsync(given.world.catalog.idsOf('acme', 'provisioning_token', 'oldest first'));
    given.system.clock.pass(provisioningMs + tokensMs);
    expect(await tokens()).toHaveLength(1);
    granted(await activate(given, token));
    given.system.clock.pass(1000);
    expect(await tokens()).toEqual([]);
    expect(refusalOf(await activate(given, token))).toBe('activation_refused');
    expect(await given.world.things.load(thing)).toMatchObject({ retiredAt: null });
  });

  it('used twice at the same time by one key is good: whoever was slower is not refused for ever', async () => {
    const { given, token } = await givenProvisioned();
    const settled = await Promise.allSettled([activate(given, token), activate(given, token)]);
    const refusals = settled.flatMap((one) => (one.status === 'fulfilled' ? [refusalOf(one.value)] : []));
    expect(refusals).not.toContain('activation_refused');
  });
});
