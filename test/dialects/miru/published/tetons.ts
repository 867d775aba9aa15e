// Types of Miru's published document, made from tetons.yaml by openapi-typescript 7.13.0 (see README.md). Not written by hand.

export interface paths {
  '/config_instances/{config_instance_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a config instance by ID.
     */
    get: operations['getConfigInstance'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/config_instances': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List config instances.
     */
    get: operations['listConfigInstances'];
    put?: never;
    /**
     * Create
     * @description Create a new config instance.
     */
    post: operations['createConfigInstance'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/config_instances/{config_instance_id}/content': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Download Content
     * @description Download the content of a config instance.
     */
    get: operations['getConfigInstanceContent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/config_schemas/{config_schema_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a config schema by ID.
     */
    get: operations['getConfigSchema'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/config_schemas': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List config schemas.
     */
    get: operations['listConfigSchemas'];
    put?: never;
    /**
     * Create
     * @description Create a new config schema.
     */
    post: operations['createConfigSchema'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/config_types/{config_type_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a config type by ID.
     */
    get: operations['getConfigType'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Update
     * @description Update a config type by ID.
     */
    patch: operations['updateConfigType'];
    trace?: never;
  };
  '/config_types': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List config types.
     */
    get: operations['listConfigTypes'];
    put?: never;
    /**
     * Create
     * @description Create a new config type.
     */
    post: operations['createConfigType'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deployments/{deployment_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a deployment by its ID.
     */
    get: operations['getDeployment'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deployments': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List all deployments.
     */
    get: operations['listDeployments'];
    put?: never;
    /**
     * Create
     * @description Stage or deploy a new deployment.
     */
    post: operations['createDeployment'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deployments/{deployment_id}/deploy': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Deploy
     * @description Trigger a deployment to its target device.
     */
    post: operations['deployDeployment'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deployments/{deployment_id}/archive': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Archive
     * @description Archive staged or drifted deployments.
     */
    post: operations['archiveDeployment'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deployments/{deployment_id}/drifts': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Drifts
     * @description List the deployments which have been deployed since this deployment was staged.
     */
    get: operations['getDeploymentDrifts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/devices/{device_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Get a device by ID.
     */
    get: operations['getDevice'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Update
     * @description Update a device by ID.
     */
    patch: operations['updateDevice'];
    trace?: never;
  };
  '/devices': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List devices.
     */
    get: operations['listDevices'];
    put?: never;
    /**
     * Create
     * @description Create a new device.
     */
    post: operations['createDevice'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/devices/{device_id}/activation_token': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Activation Token
     * @description Create a new device activation token.
     */
    post: operations['createDeviceActivationToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/devices/{device_id}/ping': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ping
     * @description Ping a device to check connectivity.
     */
    post: operations['pingDevice'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/git_commits/{git_commit_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a git commit by ID.
     */
    get: operations['getGitCommit'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/git_commits': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List git commits.
     */
    get: operations['listGitCommits'];
    put?: never;
    /**
     * Create
     * @description Register a git commit.
     */
    post: operations['createGitCommit'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/principal': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Self
     * @description Retrieve the currently authenticated principal.
     */
    get: operations['getSelf'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/releases/{release_id}': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * Get
     * @description Retrieve a release by ID.
     */
    get: operations['getRelease'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/releases': {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    /**
     * List
     * @description List releases.
     */
    get: operations['listReleases'];
    put?: never;
    /**
     * Create
     * @description Create a new release.
     */
    post: operations['createRelease'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @enum {string} */
    APIVersion: '2026-03-09.tetons';
    /** @enum {string} */
    APIGitCommit: 'a33cf62e35e950971e3c223d746ae8e4e6464442';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    CfgInstSearch: 'id' | 'config_schema_id' | 'config_type_id';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    CfgSchSearch: 'id' | 'config_type_id';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    CfgTypeSearch: 'id' | 'name' | 'slug';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    DplSearch: 'id' | 'target_status' | 'activity_status' | 'error_status' | 'device_id' | 'release_id';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    DvcSearch: 'id' | 'name' | 'agent_version';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    GitCmtSearch: 'id' | 'sha';
    /**
     * @description **Internal server use only**: an enum of possible search fields.
     * @enum {string}
     */
    RlsSearch: 'id' | 'version';
    /** @enum {string} */
    ConfigInstanceExpansion: 'content' | 'config_schema' | 'config_type';
    /** Base Config Instance */
    BaseConfigInstance: {
      /**
       * @description The object type, which is always `config_instance`.
       * @example config_instance
       * @enum {string}
       */
      object: 'config_instance';
      /**
       * @description ID of the config instance.
       * @example cfg_inst_123
       */
      id: string;
      /**
       * @description The name of the config type.
       * @example Motion Control
       */
      config_type_name: string;
      /**
       * @description The absolute file system path where this config instance is written.
       * @example /srv/miru/configs/v1/motion-control.json
       */
      filepath: string;
      /**
       * Format: date-time
       * @description The timestamp of when the config instance was created.
       * @example 2021-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * @description ID of the config schema which the config instance must adhere to.
       * @example cfg_sch_123
       */
      config_schema_id: string;
      /**
       * @description ID of the config type which the config instance (and its schema) is a part of.
       * @example cfg_type_123
       */
      config_type_id: string;
    };
    /**
     * Schema Language
     * @example jsonschema
     * @enum {string}
     */
    SchemaLanguage: 'jsonschema' | 'cue';
    /**
     * Schema Format
     * @enum {string}
     */
    SchemaFormat: 'json' | 'yaml' | 'cue';
    /**
     * Schema Document
     * @example {
     *       "id": "doc_123",
     *       "name": "main.json",
     *       "data": "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"type\": \"object\"\n}\n"
     *     }
     */
    SchemaDocument: {
      /**
       * @description The unique identifier for this document.
       * @example doc_123
       */
      id: string;
      /**
       * @description The document filename.
       * @example main.json
       */
      name: string;
      /** @description The raw document content. */
      data: string;
    };
    /**
     * @example [
     *       {
     *         "id": "doc_123",
     *         "name": "main.json",
     *         "data": "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"type\": \"object\"\n}\n"
     *       }
     *     ]
     */
    SchemaDocuments: components['schemas']['SchemaDocument'][];
    /** Base Config Schema */
    BaseConfigSchema: {
      /**
       * @description The object type, which is always `config_schema`.
       * @example config_schema
       * @enum {string}
       */
      object: 'config_schema';
      /**
       * @description ID of the config schema.
       * @example cfg_sch_123
       */
      id: string;
      /**
       * @description The digest of the config schema.
       * @example sha256:1234567890
       */
      digest: string;
      /**
       * @description The name of the config type.
       * @example Motion Control
       */
      config_type_name: string;
      /**
       * @description The absolute file system path where config instances for this schema are written.
       * @example /srv/miru/configs/v1/motion-control.json
       */
      instance_filepath: string;
      /**
       * Format: date-time
       * @description Timestamp of when the config schema was created.
       * @example 2021-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * Format: date-time
       * @description Timestamp of when the config schema was last updated.
       * @example 2021-01-01T00:00:00Z
       */
      updated_at: string;
      /**
       * @description ID of the config type.
       * @example cfg_typ_123
       */
      config_type_id: string;
      language: components['schemas']['SchemaLanguage'];
      format: components['schemas']['SchemaFormat'];
      /**
       * @description Expand the config schema documents using `expand=documents` in the query string.
       * @example [
       *       {
       *         "id": "doc_123",
       *         "name": "main.json",
       *         "data": "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"type\": \"object\"\n}\n"
       *       }
       *     ]
       */
      documents?: components['schemas']['SchemaDocuments'];
    };
    /** Config Type */
    BaseConfigType: {
      /**
       * @description The object type, which is always `config_type`.
       * @example config_type
       * @enum {string}
       */
      object: 'config_type';
      /**
       * @description ID of the config type.
       * @example cfg_123
       */
      id: string;
      /**
       * @description Name of the config type.
       * @example My Config Type
       */
      name: string;
      /**
       * @description An immutable, code-friendly name for the config type.
       * @example my-config-type
       */
      slug: string;
      /**
       * Format: date-time
       * @description Timestamp of when the config type was created.
       * @example 2021-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * Format: date-time
       * @description Timestamp of when the config type was last updated.
       * @example 2021-01-01T00:00:00Z
       */
      updated_at: string;
    };
    /**
     * @example {
     *       "object": "config_type",
     *       "id": "cfg_typ_123",
     *       "name": "Motion Control",
     *       "slug": "motion-control",
     *       "created_at": "2021-01-01T00:00:00Z",
     *       "updated_at": "2021-01-01T00:00:00Z",
     *       "created_by_id": "usr_123",
     *       "updated_by_id": "usr_123"
     *     }
     */
    ConfigType: components['schemas']['BaseConfigType'];
    /**
     * Config Schema
     * @example {
     *       "object": "config_schema",
     *       "id": "cfg_sch_123",
     *       "digest": "sha256:1234567890",
     *       "config_type_name": "Motion Control",
     *       "instance_filepath": "/srv/miru/configs/v1/motion-control.json",
     *       "created_at": "2021-01-01T00:00:00Z",
     *       "updated_at": "2021-01-01T00:00:00Z",
     *       "config_type_id": "cfg_typ_123",
     *       "language": "jsonschema",
     *       "format": "json"
     *     }
     */
    ConfigSchema: components['schemas']['BaseConfigSchema'] & {
      /** @description Expand the config type using 'expand=config_type' in the query string. */
      config_type?: components['schemas']['ConfigType'];
    };
    /**
     * Instance Format
     * @enum {string}
     */
    InstanceFormat: 'json';
    /**
     * Instance Content
     * @example {
     *       "format": "json",
     *       "data": "{\n  \"enable_autonomy\": true,\n  \"enable_remote_control\": true,\n  \"max_payload_kg\": 10.0\n}\n"
     *     }
     */
    InstanceContent: {
      format: components['schemas']['InstanceFormat'];
      /**
       * @description The configuration values associated with the config instance.
       * @example {
       *       "enable_autonomy": true,
       *       "enable_remote_control": true,
       *       "max_payload_kg": 10.0
       *     }
       */
      data: string;
    };
    /**
     * Config Instance
     * @example {
     *       "object": "config_instance",
     *       "id": "cfg_inst_123",
     *       "config_type_name": "Motion Control",
     *       "filepath": "/v1/motion-control.json",
     *       "created_at": "2021-01-01T00:00:00Z",
     *       "config_schema_id": "cfg_sch_123",
     *       "config_type_id": "cfg_typ_123"
     *     }
     */
    ConfigInstance: components['schemas']['BaseConfigInstance'] & {
      /** @description Expand the config schema using 'expand=config_schema' in the query string. */
      config_schema?: components['schemas']['ConfigSchema'];
      /** @description Expand the config type using 'expand=config_type' in the query string. */
      config_type?: components['schemas']['ConfigType'];
      /** @description The configuration values associated with the config instance. Expand the content using 'expand=content' in the query string. */
      content?: components['schemas']['InstanceContent'];
    };
    /**
     * @default created_at:desc
     * @enum {string}
     */
    ConfigInstanceOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    ConfigInstanceListExpansion: 'total_count' | 'content' | 'config_schema' | 'config_type';
    /** Paginated List */
    PaginatedList: {
      /**
       * @description The object type, which is always `list`.
       * @example list
       * @enum {string}
       */
      object: 'list';
      /**
       * Format: int64
       * @description The total number of items in the list. By default the total count is not returned. The total count must be expanded (using expand=total_count) to get the total number of items in the list.
       */
      total_count?: number;
      /**
       * @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15.
       * @default 10
       */
      limit: number;
      /**
       * @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20.
       * @default 0
       */
      offset: number;
      /**
       * @description True if there are more items in the list to return. False if there are no more items to return.
       * @example false
       */
      has_more: boolean;
    };
    /** Config Instance List */
    ConfigInstanceList: components['schemas']['PaginatedList'] & {
      /** @description The list of config instances. */
      data: components['schemas']['ConfigInstance'][];
    };
    /** Create Config Instance Request */
    CreateConfigInstanceRequest: {
      /**
       * @description The ID of the config schema which this config instance must adhere to.
       * @example cfg_sch_123
       */
      config_schema_id: string;
      content: components['schemas']['InstanceContent'];
    };
    /** @enum {string} */
    ConfigSchemaExpansion: 'documents' | 'config_type';
    /**
     * @default created_at:desc
     * @enum {string}
     */
    ConfigSchemaOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    ConfigSchemaListExpansion: 'total_count' | 'documents' | 'config_type';
    /** Config Schema List */
    ConfigSchemaList: components['schemas']['PaginatedList'] & {
      /** @description The list of config schemas. */
      data: components['schemas']['ConfigSchema'][];
    };
    /**
     * Config Type Reference
     * @description A reference to a config type. At least one of `id` or `slug` must be provided. When both are provided, `id` takes precedence and `slug` is ignored.
     */
    ConfigTypeRef: {
      /**
       * @description ID of the config type. Takes precedence over `slug` when both are provided.
       * @example cfg_123
       */
      id?: string;
      /**
       * @description An immutable, code-friendly name for the config type. Used only when `id` is not provided.
       * @example my-config-type
       */
      slug?: string;
    };
    /** Schema Document */
    CreateSchemaDocument: {
      /**
       * @description The name of this document.
       * @example motion-control.json
       */
      name: string;
      /** @description The raw document content. */
      data: string;
    };
    /**
     * Git Commit Reference
     * @description A reference to a git commit. At least one of `id` or `sha` must be provided. When both are provided, `id` takes precedence and `sha` is ignored.
     */
    GitCommitRef: {
      /**
       * @description ID of the git commit. Takes precedence over `sha` when both are provided.
       * @example git_cmt_123
       */
      id?: string;
      /**
       * @description The SHA hash of the git commit. Used only when `id` is not provided.
       * @example 1a2b3c4d...
       */
      sha?: string;
    };
    /** Git Commit Request */
    CreateConfigSchemaGitCommitRequest: {
      commit_ref: components['schemas']['GitCommitRef'];
      /**
       * @description The file paths of the config schema files relative to the git repository root. JSON Schema only supports a single file for a schema. CUE support multiple files via [packages](https://cuelang.org/docs/references/spec/#packages).
       * @example [
       *       "path/to/config/schema/robot1.cue",
       *       "path/to/config/schema/robot2.cue"
       *     ]
       */
      schema_filepaths: string[];
    };
    /** Create Config Schema Request */
    CreateConfigSchemaRequest: {
      config_type_ref: components['schemas']['ConfigTypeRef'];
      /**
       * @description The file path for config instances created from this schema.
       * @example /v1/motion-control.json
       */
      instance_filepath?: string;
      language: components['schemas']['SchemaLanguage'];
      format: components['schemas']['SchemaFormat'];
      /** @description The schema document files. */
      documents: components['schemas']['CreateSchemaDocument'][];
      /** @description The git commit to link to this config schema. */
      git_commit?: components['schemas']['CreateConfigSchemaGitCommitRequest'];
    };
    /** UpdateConfigTypeRequest */
    UpdateConfigTypeRequest: {
      /**
       * @description The updated name of the config type.
       * @example My Config Type
       */
      name?: string;
      /**
       * @description The updated slug for the config type.
       * @example my-config-type
       */
      slug?: string;
    };
    /**
     * @default created_at:desc
     * @enum {string}
     */
    ConfigTypeOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    ConfigTypeListExpansion: 'total_count';
    /** Config Type List */
    ConfigTypeList: components['schemas']['PaginatedList'] & {
      /** @description The list of config types. */
      data: components['schemas']['ConfigType'][];
    };
    /** CreateConfigTypeRequest */
    CreateConfigTypeRequest: {
      /**
       * @description The name of the config type.
       * @example My Config Type
       */
      name: string;
      /**
       * @description An immutable, code-friendly name for the config type.
       * @example my-config-type
       */
      slug: string;
    };
    /** @enum {string} */
    DeploymentExpansion: 'device' | 'release' | 'config_instances';
    /**
     * @description This status merges the 'activity_status' and 'error_status' fields, with error states taking precedence over activity states when errors are present. For example, if the activity status is 'deployed' but the error status is 'failed', the status is 'failed'. However, if the error status is 'none' and the activity status is 'deployed', the status is 'deployed'.
     * @enum {string}
     */
    DeploymentStatus: 'drifted' | 'staged' | 'queued' | 'deployed' | 'archived' | 'failed' | 'retrying';
    /**
     * @description Last known activity state of the deployment.
     *     - Drifted: device's configurations have drifted since this deployment was staged, and the deployment needs to be reviewed before it can be deployed
     *     - Staged: is ready to be deployed
     *     - Queued: the deployment's config instances are waiting to be received by the device; will be deployed as soon as the device is online
     *     - Deployed: the deployment's config instances are currently available for consumption on the device
     *     - Archived: the deployment is available for historical reference but cannot be deployed and is not active on the device
     * @enum {string}
     */
    DeploymentActivityStatus: 'drifted' | 'staged' | 'queued' | 'deployed' | 'archived';
    /**
     * @description Last known error state of the deployment.
     *     - None: no errors
     *     - Retrying: an error has been encountered and the agent is retrying to reach the target status
     *     - Failed: a fatal error has been encountered; the deployment is archived and (if deployed) removed from the device
     * @enum {string}
     */
    DeploymentErrorStatus: 'none' | 'failed' | 'retrying';
    /**
     * @description Desired state of the deployment.
     *     - Staged: is ready to be deployed
     *     - Deployed: all config instances part of the deployment are available for consumption on the device
     *     - Archived: the deployment is available for historical reference but cannot be deployed and is not active on the device
     * @enum {string}
     */
    DeploymentTargetStatus: 'staged' | 'deployed' | 'archived';
    /** Base Deployment */
    BaseDeployment: {
      /**
       * @description The object type, which is always `deployment`.
       * @example deployment
       * @enum {string}
       */
      object: 'deployment';
      /**
       * @description ID of the deployment.
       * @example dpl_123
       */
      id: string;
      /**
       * @description The description of the deployment.
       * @example Deployment for the motion control config instance
       */
      description: string;
      status: components['schemas']['DeploymentStatus'];
      activity_status: components['schemas']['DeploymentActivityStatus'];
      error_status: components['schemas']['DeploymentErrorStatus'];
      target_status: components['schemas']['DeploymentTargetStatus'];
      /**
       * @description ID of the device.
       * @example dvc_123
       */
      device_id: string;
      /**
       * @description ID of the release.
       * @example rls_123
       */
      release_id: string;
      /**
       * Format: date-time
       * @description Timestamp of when the device release was created.
       * @example 2024-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * Format: date-time
       * @description Timestamp of when the device release was last updated.
       * @example 2024-01-01T00:00:00Z
       */
      updated_at: string;
    };
    /**
     * @description The status of the device.
     *     - Inactive: The miru agent has not yet been installed / authenticated
     *     - Activating: The miru agent is currently being installed / authenticated (should only last for a few seconds)
     *     - Online: The miru agent has successfully pinged the server within the last 60 seconds.
     *     - Offline: The miru agent has not successfully pinged the server within the last 60 seconds (e.g. network issues, device is powered off, etc.)
     * @enum {string}
     */
    DeviceStatus: 'inactive' | 'activating' | 'online' | 'offline';
    /** Base Device */
    BaseDevice: {
      /**
       * @description The object type, which is always `device`.
       * @example device
       * @enum {string}
       */
      object: 'device';
      /**
       * @description ID of the device.
       * @example dvc_123
       */
      id: string;
      /**
       * @description Name of the device.
       * @example My Device
       */
      name: string;
      status: components['schemas']['DeviceStatus'];
      /**
       * @description The version of the agent the device is running.
       * @example v1.0.0
       */
      agent_version: string | null;
      /**
       * Format: date-time
       * @description Timestamp of when the device was last made an initial connection (this is not the same as the last time the device was seen).
       * @example 2021-01-01T00:00:00Z
       */
      last_connected_at: string | null;
      /**
       * Format: date-time
       * @description Timestamp of when the device was last disconnected (this is not the same as the last time the device was seen).
       * @example 2021-01-01T00:00:00Z
       */
      last_disconnected_at: string | null;
      /**
       * Format: date-time
       * @description Timestamp of when the device was created.
       * @example 2021-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * Format: date-time
       * @description Timestamp of when the device was last updated.
       * @example 2021-01-01T00:00:00Z
       */
      updated_at: string;
    };
    /**
     * @example {
     *       "object": "device",
     *       "id": "dvc_123",
     *       "name": "My Device",
     *       "status": "online",
     *       "agent_version": "v1.0.0",
     *       "last_connected_at": "2021-01-01T00:00:00Z",
     *       "last_disconnected_at": null,
     *       "created_at": "2021-01-01T00:00:00Z",
     *       "updated_at": "2021-01-01T00:00:00Z"
     *     }
     */
    Device: components['schemas']['BaseDevice'];
    /** Base Release */
    BaseRelease: {
      /**
       * @description The object type, which is always `release`.
       * @example release
       * @enum {string}
       */
      object: 'release';
      /**
       * @description ID of the release.
       * @example rls_123
       */
      id: string;
      /**
       * @description The version of the release.
       * @example v1.0.0
       */
      version: string;
      /**
       * @description The ID of the git commit associated with this release.
       * @example git_commit_123
       */
      git_commit_id: string | null;
      /**
       * Format: date-time
       * @description Timestamp of when the release was created.
       * @example 2024-01-01T00:00:00Z
       */
      created_at: string;
      /**
       * Format: date-time
       * @description Timestamp of when the release was last updated.
       * @example 2024-01-01T00:00:00Z
       */
      updated_at: string;
    };
    /**
     * Release
     * @example {
     *       "object": "release",
     *       "id": "rls_123",
     *       "version": "v1.0.0",
     *       "git_commit_id": "git_commit_123",
     *       "created_at": "2024-01-01T00:00:00Z",
     *       "updated_at": "2024-01-01T00:00:00Z"
     *     }
     */
    Release: components['schemas']['BaseRelease'] & {
      /**
       * @description Expand the config schemas using 'expand=config_schemas' in the query string.
       * @example [
       *       {
       *         "object": "config_schema",
       *         "id": "cfg_sch_123",
       *         "digest": "sha256:1234567890",
       *         "config_type_name": "Motion Control",
       *         "instance_filepath": "/srv/miru/configs/v1/motion-control.json",
       *         "created_at": "2021-01-01T00:00:00Z",
       *         "updated_at": "2021-01-01T00:00:00Z",
       *         "config_type_id": "cfg_typ_123",
       *         "language": "jsonschema",
       *         "format": "json"
       *       },
       *       {
       *         "object": "config_schema",
       *         "id": "cfg_sch_124",
       *         "digest": "sha256:1234567890",
       *         "config_type_name": "Localization",
       *         "instance_filepath": "/srv/miru/configs/v1/localization.json",
       *         "created_at": "2021-01-01T00:00:00Z",
       *         "updated_at": "2021-01-01T00:00:00Z",
       *         "config_type_id": "cfg_typ_124",
       *         "language": "jsonschema",
       *         "format": "json"
       *       }
       *     ]
       */
      config_schemas?: components['schemas']['ConfigSchema'][];
    };
    /**
     * Deployment
     * @example {
     *       "object": "deployment",
     *       "id": "dpl_123",
     *       "description": "Deployment for the motion control config instance",
     *       "status": "staged",
     *       "activity_status": "staged",
     *       "error_status": "none",
     *       "target_status": "staged",
     *       "device_id": "dvc_123",
     *       "release_id": "rls_123",
     *       "created_at": "2024-01-01T00:00:00Z",
     *       "updated_at": "2024-01-01T00:00:00Z"
     *     }
     */
    Deployment: components['schemas']['BaseDeployment'] & {
      /** @description Expand the device using 'expand=device' in the query string. */
      device?: components['schemas']['Device'];
      /** @description Expand the release using 'expand=release' in the query string. */
      release?: components['schemas']['Release'];
      /**
       * @description Expand the config instances using 'expand=config_instances' in the query string.
       * @example [
       *       {
       *         "object": "config_instance",
       *         "id": "cfg_inst_123",
       *         "config_type_name": "Motion Control",
       *         "filepath": "/v1/motion-control.json",
       *         "created_at": "2021-01-01T00:00:00Z",
       *         "config_schema_id": "cfg_sch_123",
       *         "config_type_id": "cfg_typ_123"
       *       },
       *       {
       *         "object": "config_instance",
       *         "id": "cfg_inst_124",
       *         "config_type_name": "Localization",
       *         "filepath": "/v1/localization.json",
       *         "created_at": "2021-01-01T00:00:00Z",
       *         "config_schema_id": "cfg_sch_124",
       *         "config_type_id": "cfg_typ_124"
       *       }
       *     ]
       */
      config_instances?: components['schemas']['ConfigInstance'][];
    };
    /**
     * @default created_at:desc
     * @enum {string}
     */
    DeploymentOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    DeploymentListExpansion: 'total_count' | 'device' | 'release' | 'config_instances';
    /** Deployment List */
    DeploymentList: components['schemas']['PaginatedList'] & {
      /** @description The list of deployments. */
      data: components['schemas']['Deployment'][];
    };
    /**
     * @description Desired state of the deployment.
     *     - Staged: ready for deployment. Deployments can only be staged if their release is not the current release for the device.
     *     - Deployed: deployed to the device. Deployments can only be deployed if their release is the device's current release.
     * @enum {string}
     */
    CreateDeploymentTargetStatus: 'staged' | 'deployed';
    /** Create Deployment Request */
    CreateDeploymentRequest: {
      target_status: components['schemas']['CreateDeploymentTargetStatus'];
      /**
       * @description The description of the deployment.
       * @example Deployment for the motion control config instance
       */
      description: string;
      /**
       * @description The release ID which this deployment adheres to.
       * @example rls_123
       */
      release_id: string;
      /**
       * @description The ID of the deployment that this deployment was patched from.
       * @example dpl_123
       */
      parent_id?: string;
      /**
       * @description The ID of the device that the deployment is being created for.
       * @example dvc_123
       */
      device_id: string;
      /** @description The IDs of the config instances to deploy. A deployment must have exactly one config instance for each config schema in the deployment's release. */
      config_instance_ids: string[];
    };
    /** Update Device Request */
    UpdateDeviceRequest: {
      /**
       * @description The new name of the device. If excluded from the request, the device name is not updated.
       * @example Robot 1
       */
      name?: string;
    };
    /**
     * @default created_at:desc
     * @enum {string}
     */
    DeviceOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    DeviceListExpansion: 'total_count';
    DeviceList: components['schemas']['PaginatedList'] & {
      /** @description The list of devices. */
      data: components['schemas']['Device'][];
    };
    /** Create Device Request */
    CreateDeviceRequest: {
      /**
       * @description The name of the device.
       * @example Robot 1
       */
      name: string;
    };
    /** Issue Activation Token Request */
    IssueActivationTokenRequest: {
      /**
       * @description Whether this token can reactivate already activated devices. If false, the token is unable to activate devices which are already activated.
       * @default false
       * @example false
       */
      allow_reactivation: boolean;
    };
    /**
     * Token Response
     * @example {
     *       "token": "eyJhbGciOiJ...",
     *       "expires_at": "2025-01-01T00:00:00Z"
     *     }
     */
    TokenResponse: {
      /**
       * @description The token.
       * @example eyJhbGciOiJ...
       */
      token: string;
      /**
       * Format: date-time
       * @description The expiration date and time of the token.
       * @example 2025-01-01T00:00:00Z
       */
      expires_at: string;
    };
    /** Ping Device Request */
    PingDeviceRequest: {
      /**
       * Format: int64
       * @description The timeout in nanoseconds to wait for the ping operation to complete. The maximum timeout is 10 seconds.
       * @example 1000000000
       */
      timeout_nanos: number;
    };
    /**
     * @description The result of the ping operation.
     * @enum {string}
     */
    PingResult: 'success' | 'timeout';
    /**
     * Ping Device
     * @example {
     *       "code": "success",
     *       "round_trip_nanos": 1000000000
     *     }
     */
    PingDeviceResponse: {
      code: components['schemas']['PingResult'];
      /**
       * Format: int64
       * @description The round trip time in nanoseconds to send the ping to the device and receive the response. Only present when `code` is `success`.
       * @example 1000000000
       */
      round_trip_nanos?: number;
    };
    /** @enum {string} */
    GitRepositoryType: 'github' | 'gitlab' | 'bitbucket';
    /** Base Git Commit */
    BaseGitCommit: {
      /**
       * @description The object type, which is always `git_commit`.
       * @example git_commit
       * @enum {string}
       */
      object: 'git_commit';
      /**
       * @description ID of the git commit.
       * @example git_commit_123
       */
      id: string;
      /**
       * @description The SHA hash of the git commit.
       * @example a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0
       */
      sha: string;
      /**
       * @description The commit message.
       * @example Add basic motion configurations
       */
      message: string;
      /**
       * @description The owner of the git repository.
       * @example user
       */
      repository_owner: string;
      /**
       * @description The name of the git repository.
       * @example repo
       */
      repository_name: string;
      repository_type: components['schemas']['GitRepositoryType'];
      /**
       * @description The URL of the git repository.
       * @example https://github.com/user/repo
       */
      repository_url: string;
      /**
       * @description The URL of the git commit.
       * @example https://github.com/user/repo/commit/a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0
       */
      commit_url: string;
      /**
       * Format: date-time
       * @description Timestamp of when the git commit was created.
       * @example 2021-01-01T00:00:00Z
       */
      created_at: string;
    };
    /**
     * Git Commit
     * @example {
     *       "object": "git_commit",
     *       "id": "git_commit_123",
     *       "sha": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0",
     *       "message": "Add basic motion configurations",
     *       "repository_owner": "user",
     *       "repository_name": "repo",
     *       "repository_type": "github",
     *       "repository_url": "https://github.com/user/repo",
     *       "commit_url": "https://github.com/user/repo/commit/a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0",
     *       "created_at": "2021-01-01T00:00:00Z"
     *     }
     */
    GitCommit: components['schemas']['BaseGitCommit'];
    /**
     * @default created_at:desc
     * @enum {string}
     */
    GitCommitOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    GitCommitListExpansion: 'total_count';
    /** Git Commit List */
    GitCommitList: components['schemas']['PaginatedList'] & {
      /** @description The list of git commits. */
      data: components['schemas']['GitCommit'][];
    };
    /** Git Commit Request */
    CreateGitCommitRequest: {
      /**
       * @description The SHA hash of the git commit.
       * @example a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0
       */
      sha: string;
      /**
       * @description The commit message.
       * @example Update config schema for robot1
       */
      message: string;
      /**
       * @description The URL of the git repository origin.
       * @example https://github.com/robot1/robot1.git
       */
      origin: string;
    };
    /**
     * Principal
     * @example {
     *       "object": "principal",
     *       "id": "api_key_123",
     *       "name": "My CI/CD Key"
     *     }
     */
    Principal: {
      /**
       * @description The object type, which is always `principal`.
       * @example principal
       * @enum {string}
       */
      object: 'principal';
      /**
       * @description ID of the principal.
       * @example api_key_123
       */
      id: string;
      /**
       * @description The display name of the principal.
       * @example My CI/CD Key
       */
      name: string;
    };
    /** @enum {string} */
    ReleaseExpansion: 'config_schemas';
    /**
     * @default created_at:desc
     * @enum {string}
     */
    ReleaseOrderBy: 'id:asc' | 'id:desc' | 'created_at:desc' | 'created_at:asc';
    /** @enum {string} */
    ReleaseListExpansion: 'total_count' | 'config_schemas';
    /** Release List */
    ReleaseList: components['schemas']['PaginatedList'] & {
      /** @description The list of releases. */
      data: components['schemas']['Release'][];
    };
    /** Create Release Request */
    CreateReleaseRequest: {
      /**
       * @description The version of the release.
       * @example v1.0.0
       */
      version: string;
      /** @description The IDs of the config schemas included in the release. */
      config_schema_ids: string[];
      git_commit_ref?: components['schemas']['GitCommitRef'];
    };
    /**
     * @example {
     *       "object": "event",
     *       "timestamp": "2021-01-01T00:00:00Z"
     *     }
     */
    Event: {
      /**
       * @description The object type, which is always `event`.
       * @example event
       * @enum {string}
       */
      object: 'event';
      /**
       * Format: date-time
       * @description The timestamp of the event.
       * @example 2021-01-01T00:00:00Z
       */
      timestamp: string;
    };
    /**
     * Webhook Deployment
     * @example {
     *       "object": "deployment",
     *       "id": "dpl_123",
     *       "device_id": "dvc_123",
     *       "release_id": "rls_123",
     *       "created_at": "2024-01-01T00:00:00Z"
     *     }
     */
    WebhookDeployment: {
      /**
       * @description The object type, which is always `deployment`.
       * @example deployment
       * @enum {string}
       */
      object: 'deployment';
      /**
       * @description ID of the deployment.
       * @example dpl_123
       */
      id: string;
      /**
       * @description ID of the device.
       * @example dvc_123
       */
      device_id: string;
      /**
       * @description ID of the release.
       * @example rls_123
       */
      release_id: string;
      /**
       * Format: date-time
       * @description Timestamp of when the deployment was created.
       * @example 2024-01-01T00:00:00Z
       */
      created_at: string;
    };
    ValidateDeploymentEvent: components['schemas']['Event'] & {
      /**
       * @description The type of event.
       * @example deployment.validate
       * @enum {string}
       */
      type: 'deployment.validate';
      /** @description The deployment data associated with the event. */
      data: {
        deployment: components['schemas']['WebhookDeployment'];
      };
    };
  };
  responses: never;
  parameters: {
    /** @description The API version the client was built against. */
    MiruVersion: string;
    /** @description The unique identifier of the config instance. */
    config_instance_id: string;
    /** @description Fields to expand on the config instance resource. */
    config_instance_expansions: components['schemas']['ConfigInstanceExpansion'][];
    /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
    offset: number;
    /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
    limit: number;
    /** @description Sort order for the config instance results. */
    config_instance_order_bys: components['schemas']['ConfigInstanceOrderBy'][];
    /** @description Fields to expand on each config instance in the list. */
    config_instance_list_expansions: components['schemas']['ConfigInstanceListExpansion'][];
    /** @description The config instance IDs to filter by. */
    config_instance_search_id: string[];
    /** @description The config schema IDs to filter by. */
    config_instance_search_config_schema_id: string[];
    /** @description The config type IDs to filter by. */
    config_instance_search_config_type_id: string[];
    /** @description Controls the Content-Disposition behavior. Use `inline` to display in browser or `attachment` to trigger a file download. */
    disposition: 'inline' | 'attachment';
    /** @description The unique identifier of the config schema. */
    config_schema_id: string;
    /** @description Fields to expand on the config schema resource. */
    config_schema_expansions: components['schemas']['ConfigSchemaExpansion'][];
    /** @description Sort order for the config schema results. */
    config_schema_order_bys: components['schemas']['ConfigSchemaOrderBy'][];
    /** @description Fields to expand on each config schema in the list. */
    config_schema_list_expansions: components['schemas']['ConfigSchemaListExpansion'][];
    /** @description The config schema IDs to filter by. */
    config_schema_search_id: string[];
    /** @description The config type IDs to filter by. */
    config_schema_search_config_type_id: string[];
    /** @description The unique identifier of the config type. */
    config_type_id: string;
    /** @description Sort order for the config type results. */
    config_type_order_bys: components['schemas']['ConfigTypeOrderBy'][];
    /** @description Fields to expand on each config type in the list. */
    config_type_list_expansions: components['schemas']['ConfigTypeListExpansion'][];
    /** @description The config type IDs to filter by. */
    config_type_search_id: string[];
    /** @description The config type names to filter by. */
    config_type_search_name: string[];
    /** @description The config type slugs to filter by. */
    config_type_search_slug: string[];
    /** @description The unique identifier of the deployment. */
    deployment_id: string;
    /** @description Fields to expand on the deployment resource. */
    deployment_expansions: components['schemas']['DeploymentExpansion'][];
    /** @description Sort order for the deployment results. */
    deployment_order_bys: components['schemas']['DeploymentOrderBy'][];
    /** @description Fields to expand on each deployment in the list. */
    deployment_list_expansions: components['schemas']['DeploymentListExpansion'][];
    /** @description The deployment IDs to filter by. */
    deployment_search_id: string[];
    /** @description The deployment target statuses to filter by. */
    deployment_search_target_status: components['schemas']['DeploymentTargetStatus'][];
    /** @description The deployment activity statuses to filter by. */
    deployment_search_activity_status: components['schemas']['DeploymentActivityStatus'][];
    /** @description The deployment error statuses to filter by. */
    deployment_search_error_status: components['schemas']['DeploymentErrorStatus'][];
    /** @description The deployment device IDs to filter by. */
    deployment_search_device_id: string[];
    /** @description The deployment release IDs to filter by. */
    deployment_search_release_id: string[];
    /** @description The unique identifier of the device. */
    device_id: string;
    /** @description Sort order for the device results. */
    device_order_bys: components['schemas']['DeviceOrderBy'][];
    /** @description Fields to expand on each device in the list. */
    device_list_expansions: components['schemas']['DeviceListExpansion'][];
    /** @description The device IDs to filter by. */
    device_search_id: string[];
    /** @description The device names to filter by. */
    device_search_name: string[];
    /** @description The agent versions to filter by. */
    device_search_agent_version: string[];
    /** @description The unique identifier of the git commit. */
    git_commit_id: string;
    /** @description Sort order for the git commit results. */
    git_commit_order_bys: components['schemas']['GitCommitOrderBy'][];
    /** @description Fields to expand on each git commit in the list. */
    git_commit_list_expansions: components['schemas']['GitCommitListExpansion'][];
    /** @description The git commit IDs to filter by. */
    git_commit_search_id: string[];
    /** @description The git commit SHAs to filter by. */
    git_commit_search_sha: string[];
    /** @description The unique identifier of the release. */
    release_id: string;
    /** @description Fields to expand on the release resource. */
    release_expansions: components['schemas']['ReleaseExpansion'][];
    /** @description Sort order for the release results. */
    release_order_bys: components['schemas']['ReleaseOrderBy'][];
    /** @description Fields to expand on each release in the list. */
    release_list_expansions: components['schemas']['ReleaseListExpansion'][];
    /** @description The release IDs to filter by. */
    release_search_id: string[];
    /** @description The release versions to filter by. */
    release_search_version: string[];
  };
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getConfigInstance: {
    parameters: {
      query?: {
        /** @description Fields to expand on the config instance resource. */
        expand?: components['parameters']['config_instance_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the config instance. */
        config_instance_id: components['parameters']['config_instance_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the config instance. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigInstance'];
        };
      };
    };
  };
  listConfigInstances: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the config instance results. */
        order_by?: components['parameters']['config_instance_order_bys'];
        /** @description Fields to expand on each config instance in the list. */
        expand?: components['parameters']['config_instance_list_expansions'];
        /** @description The config instance IDs to filter by. */
        id?: components['parameters']['config_instance_search_id'];
        /** @description The config schema IDs to filter by. */
        config_schema_id?: components['parameters']['config_instance_search_config_schema_id'];
        /** @description The config type IDs to filter by. */
        config_type_id?: components['parameters']['config_instance_search_config_type_id'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the config instances. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigInstanceList'];
        };
      };
    };
  };
  createConfigInstance: {
    parameters: {
      query?: {
        /** @description Fields to expand on the config instance resource. */
        expand?: components['parameters']['config_instance_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateConfigInstanceRequest'];
      };
    };
    responses: {
      /** @description Successfully created the config instance. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigInstance'];
        };
      };
    };
  };
  getConfigInstanceContent: {
    parameters: {
      query?: {
        /** @description Controls the Content-Disposition behavior. Use `inline` to display in browser or `attachment` to trigger a file download. */
        disposition?: components['parameters']['disposition'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the config instance. */
        config_instance_id: components['parameters']['config_instance_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the config instance content. The Content-Type header is set according to the instance format. */
      200: {
        headers: {
          /** @description Header indicating whether the file is returned inline or as an attachment. */
          'Content-Disposition'?: string;
          /** @description The MIME type of the instance content. */
          'Content-Type'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/octet-stream': string;
        };
      };
    };
  };
  getConfigSchema: {
    parameters: {
      query?: {
        /** @description Fields to expand on the config schema resource. */
        expand?: components['parameters']['config_schema_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the config schema. */
        config_schema_id: components['parameters']['config_schema_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the config schema. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigSchema'];
        };
      };
    };
  };
  listConfigSchemas: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the config schema results. */
        order_by?: components['parameters']['config_schema_order_bys'];
        /** @description Fields to expand on each config schema in the list. */
        expand?: components['parameters']['config_schema_list_expansions'];
        /** @description The config schema IDs to filter by. */
        id?: components['parameters']['config_schema_search_id'];
        /** @description The config type IDs to filter by. */
        config_type_id?: components['parameters']['config_schema_search_config_type_id'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the config schemas. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigSchemaList'];
        };
      };
    };
  };
  createConfigSchema: {
    parameters: {
      query?: {
        /** @description Fields to expand on the config schema resource. */
        expand?: components['parameters']['config_schema_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateConfigSchemaRequest'];
      };
    };
    responses: {
      /** @description Successfully created the config schema. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigSchema'];
        };
      };
    };
  };
  getConfigType: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the config type. */
        config_type_id: components['parameters']['config_type_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the config type. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigType'];
        };
      };
    };
  };
  updateConfigType: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the config type. */
        config_type_id: components['parameters']['config_type_id'];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateConfigTypeRequest'];
      };
    };
    responses: {
      /** @description Successfully updated the config type. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigType'];
        };
      };
    };
  };
  listConfigTypes: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the config type results. */
        order_by?: components['parameters']['config_type_order_bys'];
        /** @description Fields to expand on each config type in the list. */
        expand?: components['parameters']['config_type_list_expansions'];
        /** @description The config type IDs to filter by. */
        id?: components['parameters']['config_type_search_id'];
        /** @description The config type names to filter by. */
        name?: components['parameters']['config_type_search_name'];
        /** @description The config type slugs to filter by. */
        slug?: components['parameters']['config_type_search_slug'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the config types. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigTypeList'];
        };
      };
    };
  };
  createConfigType: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateConfigTypeRequest'];
      };
    };
    responses: {
      /** @description Successfully created the config type. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConfigType'];
        };
      };
    };
  };
  getDeployment: {
    parameters: {
      query?: {
        /** @description Fields to expand on the deployment resource. */
        expand?: components['parameters']['deployment_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the deployment. */
        deployment_id: components['parameters']['deployment_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the deployment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Deployment'];
        };
      };
    };
  };
  listDeployments: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the deployment results. */
        order_by?: components['parameters']['deployment_order_bys'];
        /** @description Fields to expand on each deployment in the list. */
        expand?: components['parameters']['deployment_list_expansions'];
        /** @description The deployment IDs to filter by. */
        id?: components['parameters']['deployment_search_id'];
        /** @description The deployment target statuses to filter by. */
        target_status?: components['parameters']['deployment_search_target_status'];
        /** @description The deployment activity statuses to filter by. */
        activity_status?: components['parameters']['deployment_search_activity_status'];
        /** @description The deployment error statuses to filter by. */
        error_status?: components['parameters']['deployment_search_error_status'];
        /** @description The deployment device IDs to filter by. */
        device_id?: components['parameters']['deployment_search_device_id'];
        /** @description The deployment release IDs to filter by. */
        release_id?: components['parameters']['deployment_search_release_id'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the deployments. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeploymentList'];
        };
      };
    };
  };
  createDeployment: {
    parameters: {
      query?: {
        /** @description Fields to expand on the deployment resource. */
        expand?: components['parameters']['deployment_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateDeploymentRequest'];
      };
    };
    responses: {
      /** @description Successfully created the deployment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Deployment'];
        };
      };
    };
  };
  deployDeployment: {
    parameters: {
      query?: {
        /** @description Fields to expand on the deployment resource. */
        expand?: components['parameters']['deployment_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the deployment. */
        deployment_id: components['parameters']['deployment_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully triggered the deployment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Deployment'];
        };
      };
    };
  };
  archiveDeployment: {
    parameters: {
      query?: {
        /** @description Fields to expand on the deployment resource. */
        expand?: components['parameters']['deployment_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the deployment. */
        deployment_id: components['parameters']['deployment_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully archived the deployment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Deployment'];
        };
      };
    };
  };
  getDeploymentDrifts: {
    parameters: {
      query?: {
        /** @description Fields to expand on the deployment resource. */
        expand?: components['parameters']['deployment_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the deployment. */
        deployment_id: components['parameters']['deployment_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the deployment drifts. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeploymentList'];
        };
      };
    };
  };
  getDevice: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the device. */
        device_id: components['parameters']['device_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the device. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Device'];
        };
      };
    };
  };
  updateDevice: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the device. */
        device_id: components['parameters']['device_id'];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateDeviceRequest'];
      };
    };
    responses: {
      /** @description Successfully updated the device. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Device'];
        };
      };
    };
  };
  listDevices: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the device results. */
        order_by?: components['parameters']['device_order_bys'];
        /** @description Fields to expand on each device in the list. */
        expand?: components['parameters']['device_list_expansions'];
        /** @description The device IDs to filter by. */
        id?: components['parameters']['device_search_id'];
        /** @description The device names to filter by. */
        name?: components['parameters']['device_search_name'];
        /** @description The agent versions to filter by. */
        agent_version?: components['parameters']['device_search_agent_version'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the devices. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeviceList'];
        };
      };
    };
  };
  createDevice: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateDeviceRequest'];
      };
    };
    responses: {
      /** @description Successfully created the device. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Device'];
        };
      };
    };
  };
  createDeviceActivationToken: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the device. */
        device_id: components['parameters']['device_id'];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['IssueActivationTokenRequest'];
      };
    };
    responses: {
      /** @description Successfully created the device activation token. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TokenResponse'];
        };
      };
    };
  };
  pingDevice: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the device. */
        device_id: components['parameters']['device_id'];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PingDeviceRequest'];
      };
    };
    responses: {
      /** @description Successfully pinged the device. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PingDeviceResponse'];
        };
      };
    };
  };
  getGitCommit: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the git commit. */
        git_commit_id: components['parameters']['git_commit_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the git commit. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['GitCommit'];
        };
      };
    };
  };
  listGitCommits: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the git commit results. */
        order_by?: components['parameters']['git_commit_order_bys'];
        /** @description Fields to expand on each git commit in the list. */
        expand?: components['parameters']['git_commit_list_expansions'];
        /** @description The git commit IDs to filter by. */
        id?: components['parameters']['git_commit_search_id'];
        /** @description The git commit SHAs to filter by. */
        sha?: components['parameters']['git_commit_search_sha'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the git commits. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['GitCommitList'];
        };
      };
    };
  };
  createGitCommit: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateGitCommitRequest'];
      };
    };
    responses: {
      /** @description Successfully created the git commit. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['GitCommit'];
        };
      };
    };
  };
  getSelf: {
    parameters: {
      query?: never;
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the principal. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Principal'];
        };
      };
    };
  };
  getRelease: {
    parameters: {
      query?: {
        /** @description Fields to expand on the release resource. */
        expand?: components['parameters']['release_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path: {
        /** @description The unique identifier of the release. */
        release_id: components['parameters']['release_id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully retrieved the release. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Release'];
        };
      };
    };
  };
  listReleases: {
    parameters: {
      query?: {
        /** @description The offset of the items to return. An offset of 10 with a limit of 10 returns items 11-20. */
        offset?: components['parameters']['offset'];
        /** @description The maximum number of items to return. A limit of 15 with an offset of 0 returns items 1-15. */
        limit?: components['parameters']['limit'];
        /** @description Sort order for the release results. */
        order_by?: components['parameters']['release_order_bys'];
        /** @description Fields to expand on each release in the list. */
        expand?: components['parameters']['release_list_expansions'];
        /** @description The release IDs to filter by. */
        id?: components['parameters']['release_search_id'];
        /** @description The release versions to filter by. */
        version?: components['parameters']['release_search_version'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successfully listed the releases. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ReleaseList'];
        };
      };
    };
  };
  createRelease: {
    parameters: {
      query?: {
        /** @description Fields to expand on the release resource. */
        expand?: components['parameters']['release_expansions'];
      };
      header: {
        /** @description The API version the client was built against. */
        'Miru-Version': components['parameters']['MiruVersion'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateReleaseRequest'];
      };
    };
    responses: {
      /** @description Successfully created the release. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Release'];
        };
      };
    };
  };
}
