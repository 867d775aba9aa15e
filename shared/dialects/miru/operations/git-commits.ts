// Git commits: where a release came from. Nothing is fetched; the links are made from the origin's URL.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import { all, type Body, find, read, storedKind } from '../catalog.ts';
import { tellGitCommit } from '../tell.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { Operations } from './types.ts';

const kind = 'git_commit';

type Host = Body<'git_commit'>['host'];

const commitPaths: Readonly<Record<Host, string>> = {
  github: 'commit',
  gitlab: '-/commit',
  bitbucket: 'commits',
};

/** `git@host:owner/name.git`, `ssh://git@host/owner/name`, `https://host/owner/name.git` */
const origins = [
  /^[\w.-]+@([\w.-]+):(.+?)\/([^/]+?)(?:\.git)?$/,
  /^\w+:\/\/(?:[^@/]+@)?([\w.-]+)(?::\d+)?\/(.+?)\/([^/]+?)(?:\.git)?\/?$/,
];

const hostOf = (domain: string): Host | undefined =>
  (Object.keys(commitPaths) as Host[]).find((host) => domain.includes(host));

const readOrigin = (origin: string, sha: string): Omit<Body<'git_commit'>, 'sha' | 'message'> | Refusal => {
  const [, domain = '', owner = '', repository = ''] =
    origins.map((pattern) => pattern.exec(origin)).find(Boolean) ?? [];
  const host = hostOf(domain);
  if (host === undefined || owner === '')
    return refuse('invalid', 'origin must be the URL of a GitHub, GitLab or Bitbucket repository.', {
      field: 'origin',
    });
  const repositoryUrl = `https://${domain}/${owner}/${repository}`;
  return {
    owner,
    repository,
    host,
    repositoryUrl,
    commitUrl: `${repositoryUrl}/${commitPaths[host]}/${sha}`,
  };
};

export const gitCommits: Operations<
  'POST /beta/git_commits' | 'GET /beta/git_commits' | 'GET /beta/git_commits/{id}'
> = {
  'POST /beta/git_commits': (world) => async (call) => {
    const { sha, message, origin } = call.body;
    const from = readOrigin(origin, sha);
    if (isRefusal(from)) return from;
    const entry = await createEntry(world)({
      organization: call.principal.organization,
      kind: storedKind(kind),
      ids: call.ids,
      body: { sha, message, ...from },
      unique: { sha },
      request: call.request,
    });
    return isRefusal(entry) ? entry : { body: tellGitCommit(read(kind, entry)) };
  },

  'GET /beta/git_commits':
    (world) =>
    async ({ principal, query }) => {
      const source = all(world, principal.organization, kind, orderOf(query));
      const paged = await pageOfItems(
        source,
        query,
        ({ id, body }) => among(query.id, id) && among(query.sha, body.sha),
      );
      return { body: tellList(paged, query, paged.items.map(tellGitCommit)) };
    },

  'GET /beta/git_commits/{id}':
    (world) =>
    async ({ principal, params }) => {
      const entry = await find(world, principal.organization, kind, params.id ?? '');
      return isRefusal(entry) ? entry : { body: tellGitCommit(entry) };
    },
};
