// A person moves a deployment that exists: deploys what was staged, archives or cancels.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import { type DeploymentView, findDeployment, viewOf, type WhichDeployment } from './find-deployment.ts';

export interface MoveDeployment extends WhichDeployment {
  readonly by: string;
  /** The version that the caller last saw; absent: whatever it is. */
  readonly version?: number;
}

type Move = 'deploy staged' | 'archive';

/** Archiving what is over changes nothing and is no error: whoever repeats it gets the same answer. */
const whenOver: Readonly<Record<Move, (view: DeploymentView) => DeploymentView | Refusal>> = {
  archive: (view) => view,
  'deploy staged': ({ record: { id } }) =>
    refuse('deployment_ended', `Deployment ${id} is over and will never be deployed again.`, { id }),
};

const moveDeployment =
  (type: Move) =>
  (world: ChangesSlots) =>
  async ({ by, version, ...which }: MoveDeployment): Promise<DeploymentView | Refusal> => {
    const before = await findDeployment(world)(which);
    if (before === undefined)
      return refuse('not_found', `There is no deployment ${which.id}.`, { id: which.id });
    if (version !== undefined && version !== before.state.version)
      return refuse('changed_meanwhile', `Deployment ${which.id} has changed since you read it.`, {
        id: which.id,
      });
    if (before.record.ended !== undefined) return whenOver[type](before);
    const event = { type, id: which.id, ...(version === undefined ? {} : { version }) };
    const { slot: id, organization } = before.record;
    const changed = await changeSlot(world)({ id, organization, event, by });
    if (!isRefusal(changed)) return viewOf(before.record, changed.slot) ?? before;
    if (changed.refused !== 'not_found') return changed;
    // It ended, and left its slot, while we looked at it.
    const after = await findDeployment(world)(which);
    return after === undefined ? changed : whenOver[type](after);
  };

export const deployStaged = moveDeployment('deploy staged');

export const archiveDeployment = moveDeployment('archive');
