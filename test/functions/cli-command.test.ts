// What a command says to whoever has called it in a way that it does not understand, or where it cannot work.
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Commands, commandIn, sentenceOf } from '#functions/cli/command';
import { organizationNamed } from '#functions/cli/organization-name';
import { sentenceOfParsing } from '#functions/cli/parsing';
import { knownScopes, refuseUnknownScopes } from '#functions/cli/scopes';
import { UsageError } from '#functions/cli/surroundings';
import { deviceScopes, heatScopes, humanitecScopes, miruScopes } from '../authorization/expected.ts';

const taking = (words: number) => ({ words, run: async () => undefined });
const commands: Commands = {
  stuck: taking(0),
  why: taking(1),
  'dlq list': taking(0),
  'dlq explain': taking(1),
};

const wordsOf = (act: () => unknown): string => {
  try {
    return String(act());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('a command', () => {
  it.each([
    [['stuck'], 'stuck'],
    [['why', 'ID'], 'why'],
    [['why'], 'why'],
    [['dlq', 'list'], 'dlq list'],
    [['dlq', 'explain', 'reports'], 'dlq explain'],
  ])('%j is %s', (words, name) => {
    expect(commandIn(commands, words)).toBe(commands[name]);
  });

  it.each([
    [['stuk'], 'There is no command stuk.'],
    [['dlq', 'lst'], 'There is no command dlq lst.'],
    [['dlq'], 'dlq needs one more word: list, explain.'],
    [['constructor'], 'There is no command constructor.'],
    [['stuck', 'extra'], '"extra" is one word too many for stuck.'],
    [['why', 'ID', 'extra'], '"extra" is one word too many for why.'],
    [['dlq', 'list', 'extra'], '"extra" is one word too many for dlq list.'],
  ])('%j is none: %s', (words, sentence) => {
    expect(wordsOf(() => commandIn(commands, words))).toBe(sentence);
  });

  it('is none where nothing was asked for', () => {
    expect(commandIn(commands, [])).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:41183', 'The local cloud is not running: start it with npm start.'],
    [
      'DynamoDB Query: Error: connect ECONNREFUSED ::1:8000',
      'The local cloud is not running: start it with npm start.',
    ],
    ['connect ECONNREFUSED 52.94.1.1:443', 'It did not work: connect ECONNREFUSED 52.94.1.1:443'],
    ['Region is missing', 'Set AWS_REGION.'],
    [
      'DynamoDB GetItem: CredentialsProviderError: Could not load credentials from any providers',
      'Configure AWS credentials.',
    ],
    ['a table that is not there', 'It did not work: a table that is not there'],
  ])('%s: %s', (message, sentence) => {
    expect(sentenceOf(new Error(message))).toBe(sentence);
  });

  it('is said as it is where it is how the command was called', () => {
    expect(sentenceOf(new UsageError('There is no key.'))).toBe('There is no key.');
  });
});

describe('an option', () => {
  const options = { name: { type: 'string' } } as const;

  it.each([
    [['--bogus'], 'There is no option --bogus.'],
    [['-b'], 'There is no option -b.'],
    [['--name'], "Option '--name <value>' argument missing"],
  ])('%j: %s', (args, sentence) => {
    expect(() => {
      try {
        parseArgs({ args, options });
      } catch (error) {
        throw new Error(sentenceOfParsing(error));
      }
    }).toThrow(new Error(sentence));
  });
});

describe('an organization', () => {
  it.each(['ac', 'acme', 'acme-2'])('may be called %s', (name) => {
    expect(organizationNamed(name, 'Which one?')).toBe(name);
  });

  it.each([
    [undefined, 'Which one? It has at least 2 characters'],
    ['x', '"x" is no name of an organization: it has at least 2 characters'],
    ['ACME#', '"ACME#" is no name of an organization'],
    ['a--b', 'single hyphens between them.'],
  ])('may not be called %s', (name, sentence) => {
    expect(wordsOf(() => organizationNamed(name, 'Which one?'))).toContain(sentence);
  });
});

describe('a scope', () => {
  const askedFor = [deviceScopes, heatScopes, humanitecScopes, miruScopes]
    .flatMap((expected) => Object.values(expected))
    .flatMap((scopes) => (scopes === 'public' ? [] : scopes));

  it('is known if a route asks for it', () => {
    expect(askedFor.filter((scope) => !knownScopes.includes(scope))).toEqual([]);
  });

  it.each(['*', 'deployments:stage', 'deployments:deploy', 'devices:manage'])('%s is known, too', (scope) => {
    expect(() => refuseUnknownScopes([scope])).not.toThrow();
  });

  it.each(['deployments:reed', 'nothing:manage', 'deployments', ''])(
    '%o is refused, and all are named',
    (scope) => {
      const sentence = wordsOf(() => refuseUnknownScopes(['devices:read', scope]));
      expect(sentence).toContain(`No route asks for ${scope}. `);
      for (const known of ['deployments:read', 'deployments:deploy', 'devices:manage'])
        expect(sentence).toContain(known);
    },
  );
});
