// The JSON Schema of signature files, as config/signatures/signature.schema.json holds it. To write it anew:
// node --import tsx -e "import('./test/unit/config/signatures/json-schema.ts').then((m) => console.log(m.jsonSchema()))"

import { z } from 'zod';
import { signatureGuide } from '../../../../src/config/signatures/guide.ts';
import { signatureSchema } from '../../../../src/config/signatures/schema.ts';

/** As text. Editors show the descriptions: what the messages of lint expect. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(signatureSchema, { io: 'input' }) as {
    properties: Record<string, { description?: string }>;
  };
  for (const [key, property] of Object.entries(schema.properties)) {
    property.description = signatureGuide.expectation([key]);
  }
  return JSON.stringify({ title: 'gearbridge signature', ...schema }, null, 2);
}
