// The version document, which is also the answer to a version that is not spoken here.
import type * as z from 'zod';
import type { HttpRequest } from '../http.ts';
import type * as is from './objects.ts';

export const versionsAt = (baseUrl: string): z.infer<typeof is.versions> => ({
  versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${baseUrl}/v1/` }] }],
});

export const baseUrlOf = ({ headers }: HttpRequest): string =>
  `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host ?? 'localhost'}`;
