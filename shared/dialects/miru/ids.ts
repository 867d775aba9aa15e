// Miru's ids: each says by its prefix what it is the id of.

export const idPrefixes = {
  git_commit: 'git_commit_',
  config_type: 'cfg_typ_',
  config_schema: 'cfg_sch_',
  config_instance: 'cfg_inst_',
  release: 'rls_',
  device: 'dvc_',
  deployment: 'dpl_',
} as const;

export const idOf =
  (kind: keyof typeof idPrefixes) =>
  (uid: string): string =>
    `${idPrefixes[kind]}${uid}`;

/** A device is called as its thing. */
export const deviceId = idOf('device');

/** The thing that a device id names; a text that is no device id names nothing. */
export const thingOfDevice = (id: string): string =>
  id.startsWith(idPrefixes.device) ? id.slice(idPrefixes.device.length) : '';
