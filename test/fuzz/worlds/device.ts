// Tokens and a certificate request for the door of things that have no certificate yet.
import * as z from 'zod';
import { device } from '#dialects/device/dialect';
import { miru } from '#dialects/miru/dialect';
import { createCsr } from '#test/local/iot/support';
import { type Ask, smallSystem } from '#test/support/small-system';
import type { Subject } from '../fuzz.ts';
import { givenKeys, listening, onlyIn, secretsOf } from '../given.ts';

// Made once: making a key takes longer than all the rest.
const { csr } = await createCsr('robot');
const things = 12;

const fill = async (ask: Ask) => {
  const { does, heard } = listening(ask);
  const tokenFor = async (name: string): Promise<string> => {
    const { id } = await does('POST /beta/devices', { name });
    return (await does(`POST /beta/devices/${id}/activation_token`)).token;
  };
  const tokens: string[] = [];
  for (let at = 0; at < things; at += 1) tokens.push(await tokenFor(`robot-${at}`));
  return { tokens, heard };
};

const given = async () => {
  const system = smallSystem();
  const keys = await givenKeys(system);
  const clientOf = (key: string) =>
    system.clientOf(miru, { 'x-api-key': key, 'miru-version': '2026-03-09.tetons' });
  const our = await fill(clientOf(keys.own));
  const their = await fill(clientOf(keys.foreign));
  return {
    system,
    keys,
    theirs: onlyIn(their.heard, our.heard),
    ours: onlyIn(our.heard, their.heard),
    secrets: [...secretsOf(keys), ...our.tokens, ...their.tokens],
    known: { token: our.tokens, csr: [csr] },
  };
};

export const deviceSubject: Subject = {
  dialect: device,
  no: z.strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      params: z.record(z.string(), z.unknown()),
    }),
  }),
  foreignStatus: 404,
  headersFor: () => ({}),
  given,
};
