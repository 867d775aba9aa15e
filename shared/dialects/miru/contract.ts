export const contract = { 'POST /beta/deployments': {}, 'GET /beta/deployments/{id}': {} } as const;
