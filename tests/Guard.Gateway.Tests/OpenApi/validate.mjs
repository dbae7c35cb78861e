// Reads {"document": <OpenAPI>, "cases": [{"name", "schema", "value"}]} from standard input; writes one line for each
// value that does not fit its schema. Members that a schema does not name do not fit either: what is sent is described.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.argv[2], 'package.json'));
const Ajv = require('ajv/dist/2020').default;
const formats = require('ajv-formats').default;

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { document, cases } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
for (const schema of Object.values(document.components.schemas)) schema.additionalProperties ??= false;

const ajv = new Ajv({ strict: true, allErrors: true });
formats(ajv);
ajv.addSchema({ $id: 'openapi', components: document.components }, 'openapi');
ajv.addVocabulary(['components']);
for (const name of Object.keys(document.components.schemas)) ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
for (const { name, schema, value } of cases) {
  const validate = ajv.compile({ $ref: `openapi#/components/schemas/${schema}` });
  if (!validate(value)) console.log(`${name}: ${ajv.errorsText(validate.errors)}`);
}
