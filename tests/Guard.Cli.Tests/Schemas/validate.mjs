// Reads {"schema": <JSON Schema>, "cases": [{"name", "value"}]} from standard input; writes one line for each value that does not fit.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.argv[2], 'package.json'));
const Ajv = require('ajv/dist/2020').default;
const formats = require('ajv-formats').default;

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { schema, cases } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true, strictRequired: false });
formats(ajv);
const validate = ajv.compile(schema);
for (const { name, value } of cases) if (!validate(value)) console.log(`${name}: ${ajv.errorsText(validate.errors)}`);
