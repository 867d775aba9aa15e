// What an operator does at a terminal stands in the audit of whoever it was done to, as if there were a route for it.
import { isRefusal, type Refusal } from '#domain/refusal';
import { openEntry } from '#engine/audit';
import type { World } from '#engine/ports';

export const operator = 'operator';

export interface Done<Answer> {
  readonly organization: string;
  /** `POST /operator/rollouts/{id}/pause` */
  readonly route: `${string} /operator/${string}`;
  readonly target?: string;
  /** Of what was made. */
  readonly targetOf?: (answer: Answer) => string;
}

/** No door has answered: these say that it was done, that it was refused, or that it failed. */
const statuses = { granted: 200, refused: 409, failed: 500 } as const;

export const audited =
  (world: Pick<World, 'clock' | 'chance' | 'audit'>) =>
  async <Answer>(
    { organization, route, target, targetOf }: Done<Exclude<Answer, Refusal>>,
    act: () => Promise<Answer>,
  ): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ');
    const close = await openEntry(world)({
      principal: { keyId: operator, organization, scopes: [] },
      method,
      route,
      path: path.replace('{id}', target ?? ''),
      target: target ?? null,
      status: statuses.granted,
    });
    try {
      const answer = await act();
      const became = isRefusal(answer)
        ? { outcome: answer.refused, status: statuses.refused, target: null }
        : {
            outcome: 'granted' as const,
            status: statuses.granted,
            target: targetOf?.(answer as Exclude<Answer, Refusal>) ?? null,
          };
      await close(became);
      return answer;
    } catch (fault) {
      await close({ outcome: 'failed', status: statuses.failed, target: null });
      throw fault;
    }
  };
