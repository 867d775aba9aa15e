// Both official clients, unmodified, behind the same verbs: one of today with types and fetch, one of the seed's age with axios.

import * as old from 'humanitec-autogen-0.0.8';
import * as young from 'humanitec-autogen-0.0.11';

const orgId = 'acme';
const appId = 'shop';
const app = { orgId, appId };
const at = (envId: string) => ({ ...app, envId });

export interface Module {
  profile: string;
  spec: Record<string, unknown>;
  externals: Record<string, unknown>;
}

export interface Action {
  op: string;
  path: string;
  value?: unknown;
}

export interface Delta {
  metadata?: { env_id?: string; name?: string };
  // A null takes a module out of what is removed; the clients' types do not know that.
  modules?: { add?: Record<string, Module | null>; remove?: string[]; update?: Record<string, Action[]> };
  shared?: Action[];
}

export interface Deployment {
  delta_id?: string;
  set_id?: string;
  comment?: string;
  value_set_version_id?: string;
  pipeline?: { id: string; run_id: string; job_id: string; step_index: number };
}

export interface Rule {
  type: 'update';
  active: boolean;
  artefacts_filter: string[];
  match_ref: string;
}

interface NewValue {
  key: string;
  value: string;
  description: string;
  is_secret?: boolean;
}

/** The status of a refusal, however a client throws it. */
export const statusOf = (error: unknown): number | undefined => Object(error).response?.status;

// biome-ignore lint/suspicious/noExplicitAny: two clients' types of one thing, and the story looks into both
type Told = any;

/** The typed client's own types are narrower than what it sends. */
const as = <Type>(value: unknown): Type => value as Type;

export const youngClient = (token: string, apiHost: string) => {
  const api = new young.PublicApi(young.apiConfig({ token, apiHost, internalApp: 'test/1' }));
  const version = (valueSetVersionId: string, key = '') => ({
    ...app,
    valueSetVersionId,
    key,
    ValueSetActionPayloadRequest: {},
  });
  return {
    currentUser: (): Told => api.getCurrentUser(),
    organization: (): Told => api.getOrganization({ orgId }),
    envTypes: (): Told => api.listEnvironmentTypes({ orgId }),
    createApp: (): Told =>
      api.createApplication({ orgId, ApplicationCreationRequest: { id: appId, name: 'Shop' } }),
    getApp: (): Told => api.getApplication(app),
    deleteApp: (): Told => api.deleteApplication(app),
    createEnv: (id: string, from_deploy_id?: string): Told =>
      api.createEnvironment({
        ...app,
        EnvironmentDefinitionRequest: { id, name: id, ...(from_deploy_id ? { from_deploy_id } : {}) },
      }),
    getEnv: (id: string): Told => api.getEnvironment(at(id)),
    listEnvs: (): Told => api.listEnvironments(app),
    deleteEnv: (id: string): Told => api.deleteEnvironment(at(id)),
    rebase: (id: string, body: string): Told => api.rebaseEnvironment({ ...at(id), body }),
    runtime: (id: string): Told => api.getRuntime(at(id)),
    resources: (id: string): Told => api.listActiveResources(at(id)),
    createDelta: (delta: Delta): Told =>
      api.orgsOrgIdAppsAppIdDeltasPost({ ...app, DeltaRequest: as(delta) }),
    getDelta: (deltaId: string): Told => api.getDelta({ ...app, deltaId }),
    listDeltas: (archived?: boolean): Told =>
      api.orgsOrgIdAppsAppIdDeltasGet({ ...app, ...(archived === undefined ? {} : { archived }) }),
    patchDelta: (deltaId: string, deltas: Delta[]): Told =>
      api.orgsOrgIdAppsAppIdDeltasDeltaIdPatch({ ...app, deltaId, DeltaRequest: as(deltas) }),
    putDelta: (deltaId: string, delta: Delta): Told =>
      api.putDelta({ ...app, deltaId, DeltaRequest: as(delta) }),
    archiveDelta: (deltaId: string, body: boolean): Told =>
      api.orgsOrgIdAppsAppIdDeltasDeltaIdMetadataArchivedPut({ ...app, deltaId, body }),
    nameDelta: (deltaId: string, body: string): Told =>
      api.orgsOrgIdAppsAppIdDeltasDeltaIdMetadataNamePut({ ...app, deltaId, body }),
    deploy: (envId: string, DeploymentRequest: Deployment): Told =>
      api.createDeployment({ ...at(envId), DeploymentRequest }),
    getDeploy: (envId: string, deployId: string): Told => api.getDeployment({ ...at(envId), deployId }),
    listDeploys: (envId: string, pipelineRunId?: string): Told =>
      api.listDeployments({ ...at(envId), ...(pipelineRunId === undefined ? {} : { pipelineRunId }) }),
    pause: (envId: string, body: boolean): Told => api.updatePaused({ ...at(envId), body }),
    replicas: (envId: string, replicas: Record<string, number>): Told =>
      api.patchReplicas({ ...at(envId), request_body: replicas }),
    createRule: (envId: string, rule: Rule): Told =>
      api.createAutomationRule({ ...at(envId), AutomationRuleRequest: rule }),
    listRules: (envId: string): Told => api.listAutomationRules(at(envId)),
    deleteRule: (envId: string, ruleId: string): Told => api.deleteAutomationRule({ ...at(envId), ruleId }),
    deployErrors: (envId: string, deployId: string): Told =>
      api.listDeploymentErrors({ ...at(envId), deployId }),
    listSets: (): Told => api.getSets(app),
    // Its typed way of reading one set throws whatever the answer is.
    getSet: async (setId: string): Promise<Told> =>
      (await api.orgsOrgIdAppsAppIdSetsSetIdGetRaw({ ...app, setId })).raw.json(),
    applyToSet: (setId: string, delta: Delta): Told =>
      api.orgsOrgIdAppsAppIdSetsSetIdPost({ ...app, setId, DeltaRequest: as(delta) }),
    diff: (setId: string, sourceSetId: string): Told =>
      api.orgsOrgIdAppsAppIdSetsSetIdDiffSourceSetIdGet({ ...app, setId, sourceSetId }),
    createValue: (value: NewValue): Told =>
      api.orgsOrgIdAppsAppIdValuesPost({ ...app, ValueCreatePayloadRequest: value }),
    createEnvValue: (envId: string, value: NewValue): Told =>
      api.orgsOrgIdAppsAppIdEnvsEnvIdValuesPost({ ...at(envId), ValueCreatePayloadRequest: value }),
    putValue: (key: string, value: string): Told =>
      api.orgsOrgIdAppsAppIdValuesKeyPut({
        ...app,
        key,
        ValueEditPayloadRequest: { value, description: '' },
      }),
    patchValue: (key: string, value: string): Told =>
      api.orgsOrgIdAppsAppIdValuesKeyPatch({ ...app, key, ValuePatchPayloadRequest: { value } }),
    envValues: (envId: string): Told => api.orgsOrgIdAppsAppIdEnvsEnvIdValuesGet(at(envId)),
    versions: (): Told => api.orgsOrgIdAppsAppIdValueSetVersionsGet(app),
    restore: (id: string): Told =>
      api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdRestorePost(version(id)),
    restoreKey: (id: string, key: string): Told =>
      api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdRestoreKeyPost(version(id, key)),
    purge: (id: string, key: string): Told =>
      api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdPurgeKeyPost(version(id, key)),
  };
};

export type Client = ReturnType<typeof youngClient>;

export const oldClient = (token: string, apiHost: string): Client => {
  const config = old.apiConfig({ token, apiHost, internalApp: 'test/1' });
  const api = new old.PublicApi(config);
  const data = async (answer: Promise<{ data: unknown }>): Promise<Told> => (await answer).data;
  const version = (valueSetVersionId: string, key = '') => ({
    ...app,
    valueSetVersionId,
    key,
    valueSetActionPayloadRequest: {},
  });
  return {
    currentUser: () => data(new old.UserProfileApi(config).currentUserGet()),
    organization: () => data(new old.OrganizationApi(config).orgsOrgIdGet({ orgId })),
    envTypes: () => data(api.orgsOrgIdEnvTypesGet({ orgId })),
    createApp: () => data(api.orgsOrgIdAppsPost({ orgId, applicationRequest: { id: appId, name: 'Shop' } })),
    getApp: () => data(api.orgsOrgIdAppsAppIdGet(app)),
    deleteApp: () => data(api.orgsOrgIdAppsAppIdDelete(app)),
    createEnv: (id, from_deploy_id) =>
      data(
        api.orgsOrgIdAppsAppIdEnvsPost({
          ...app,
          environmentDefinitionRequest: as({ id, name: id, ...(from_deploy_id ? { from_deploy_id } : {}) }),
        }),
      ),
    getEnv: (id) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdGet(at(id))),
    listEnvs: () => data(api.orgsOrgIdAppsAppIdEnvsGet(app)),
    deleteEnv: (id) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdDelete(at(id))),
    rebase: (id, body) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdFromDeployIdPut({ ...at(id), body })),
    runtime: (id) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdRuntimeGet(at(id))),
    resources: (id) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdResourcesGet(at(id))),
    createDelta: (delta) => data(api.orgsOrgIdAppsAppIdDeltasPost({ ...app, deltaRequest: as(delta) })),
    getDelta: (deltaId) => data(api.getDelta({ ...app, deltaId })),
    listDeltas: (archived) =>
      data(api.orgsOrgIdAppsAppIdDeltasGet({ ...app, ...(archived === undefined ? {} : { archived }) })),
    patchDelta: (deltaId, deltas) =>
      data(api.orgsOrgIdAppsAppIdDeltasDeltaIdPatch({ ...app, deltaId, deltaRequest: as(deltas) })),
    putDelta: (deltaId, delta) => data(api.putDelta({ ...app, deltaId, deltaRequest: as(delta) })),
    archiveDelta: (deltaId, body) =>
      data(api.orgsOrgIdAppsAppIdDeltasDeltaIdMetadataArchivedPut({ ...app, deltaId, body })),
    nameDelta: (deltaId, body) =>
      data(api.orgsOrgIdAppsAppIdDeltasDeltaIdMetadataNamePut({ ...app, deltaId, body })),
    deploy: (envId, deploymentRequest) =>
      data(
        api.orgsOrgIdAppsAppIdEnvsEnvIdDeploysPost({
          ...at(envId),
          deploymentRequest: as(deploymentRequest),
        }),
      ),
    getDeploy: (envId, deployId) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdDeploysDeployIdGet({ ...at(envId), deployId })),
    listDeploys: (envId, pipelineRunId) =>
      data(
        api.orgsOrgIdAppsAppIdEnvsEnvIdDeploysGet({
          ...at(envId),
          ...as<object>(pipelineRunId === undefined ? {} : { pipelineRunId }),
        }),
      ),
    pause: (envId, body) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdRuntimePausedPut({ ...at(envId), body })),
    replicas: (envId, requestBody) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdRuntimeReplicasPatch({ ...at(envId), requestBody })),
    createRule: (envId, rule) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdRulesPost({ ...at(envId), automationRuleRequest: as(rule) })),
    listRules: (envId) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdRulesGet(at(envId))),
    deleteRule: (envId, ruleId) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdRulesRuleIdDelete({ ...at(envId), ruleId })),
    deployErrors: (envId, deployId) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdDeploysDeployIdErrorsGet({ ...at(envId), deployId })),
    listSets: () => data(api.getSets(app)),
    getSet: (setId) => data(api.orgsOrgIdAppsAppIdSetsSetIdGet({ ...app, setId })),
    applyToSet: (setId, delta) =>
      data(api.orgsOrgIdAppsAppIdSetsSetIdPost({ ...app, setId, deltaRequest: as(delta) })),
    diff: (setId, sourceSetId) =>
      data(api.orgsOrgIdAppsAppIdSetsSetIdDiffSourceSetIdGet({ ...app, setId, sourceSetId })),
    createValue: (value) =>
      data(api.orgsOrgIdAppsAppIdValuesPost({ ...app, valueCreatePayloadRequest: as(value) })),
    createEnvValue: (envId, value) =>
      data(api.orgsOrgIdAppsAppIdEnvsEnvIdValuesPost({ ...at(envId), valueCreatePayloadRequest: as(value) })),
    putValue: (key, value) =>
      data(
        api.orgsOrgIdAppsAppIdValuesKeyPut({
          ...app,
          key,
          valueEditPayloadRequest: as({ value, description: '' }),
        }),
      ),
    patchValue: (key, value) =>
      data(api.orgsOrgIdAppsAppIdValuesKeyPatch({ ...app, key, valuePatchPayloadRequest: as({ value }) })),
    envValues: (envId) => data(api.orgsOrgIdAppsAppIdEnvsEnvIdValuesGet(at(envId))),
    versions: () => data(api.orgsOrgIdAppsAppIdValueSetVersionsGet(app)),
    restore: (id) => data(api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdRestorePost(version(id))),
    restoreKey: (id, key) =>
      data(api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdRestoreKeyPost(version(id, key))),
    purge: (id, key) =>
      data(api.orgsOrgIdAppsAppIdValueSetVersionsValueSetVersionIdPurgeKeyPost(version(id, key))),
  };
};
