// A reference page for people, made from an OpenAPI document: one file, no script, nothing loaded from elsewhere.

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: unknown;
}

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>
  >;
}

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);

const folded = (title: string, schema: unknown): string =>
  `<details><summary>${escaped(title)}</summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`;

const parameterRow = ({ name, in: where, required, schema }: Parameter): string =>
  `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? ', required' : ''}</td><td><code>${escaped(JSON.stringify(schema))}</code></td></tr>`;

const parameterTable = (parameters: readonly Parameter[]): string =>
  parameters.length === 0 ? '' : `<table>${parameters.map(parameterRow).join('')}</table>`;

const schemasOf = (
  content: Readonly<Record<string, { readonly schema: unknown }>> | undefined,
  title: string,
): string =>
  Object.entries(content ?? {})
    .map(([type, { schema }]) => folded(`${title} (${type})`, schema))
    .join('');

const answersOf = ({ responses }: Operation): string =>
  Object.entries(responses)
    .map(([status, { content }]) => schemasOf(content, status === 'default' ? 'Refused' : `Answer ${status}`))
    .join('');

const operationSection = (method: string, path: string, operation: Operation): string => {
  const id = `${method}-${path}`.replaceAll(/[^\w]+/g, '-');
  return `<section id="${id}"><h2><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code></h2>
<p>${escaped(operation.summary)} ${escaped(operation.description)}</p>
${parameterTable(operation.parameters)}${schemasOf(operation.requestBody?.content, 'Body')}${answersOf(operation)}</section>`;
};

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2430}
h2{font-size:1.1rem;margin:2.5rem 0 .25rem;border-top:1px solid #d5dbe3;padding-top:1rem}h2 b{color:#0b6b4f}
table{border-collapse:collapse;font-size:.85rem}td{border:1px solid #d5dbe3;padding:.2rem .5rem;vertical-align:top;overflow-wrap:anywhere}
pre{background:#f4f6f8;padding:1rem;overflow:auto;font-size:.8rem}summary{cursor:pointer;color:#3a4a5c}`;

/** HTML, complete. */
export const referencePage = (document: unknown): string => {
  const { info, servers, paths } = document as Document;
  const base = servers[0]?.url ?? '';
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      operationSection(method, `${base}${path}`, operation),
    ),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(info.title)}</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head>
<body><h1>${escaped(info.title)}</h1><p>${escaped(info.description)} Version ${escaped(info.version)}; machines read <a href="${base}/openapi.json">${base}/openapi.json</a>.</p>
${sections.join('\n')}</body></html>`;
};
