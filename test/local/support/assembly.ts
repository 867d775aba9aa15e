// Hand-made stacks for tests: only what the test is about.
import { parseTemplate, type Stack } from '#infra/local/template/assembly';
import type { World } from '#infra/local/template/world';

export const world: World = {
  region: 'us-east-1',
  accountId: '000000000000',
  partition: 'aws',
  queueUrl: (name) => `http://127.0.0.1:9324/000000000000/${name}`,
  apiUrl: 'http://127.0.0.1:8080',
};

export const stackOf = (template: object, name = 'example'): Stack => ({
  name,
  directory: '/nowhere',
  template: parseTemplate(name, template),
});
