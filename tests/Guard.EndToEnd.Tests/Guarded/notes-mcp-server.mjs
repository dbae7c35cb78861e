// An MCP server over standard input and output with one tool: note(file, text) writes a file in its working folder.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1.0.0' } }),
  'tools/list': () => ({
    tools: [{
      name: 'note',
      description: 'Writes a note',
      inputSchema: { type: 'object', properties: { file: { type: 'string' }, text: { type: 'string' } }, required: ['file', 'text'] },
    }],
  }),
  'tools/call': ({ arguments: { file, text } }) => {
    writeFileSync(file, text);
    return { content: [{ type: 'text', text: `noted in ${file}` }] };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = answers[method];
  process.stdout.write(JSON.stringify(answer
    ? { jsonrpc: '2.0', id, result: answer(params) }
    : { jsonrpc: '2.0', id, error: { code: -32601, message: `no method ${method}` } }) + '\n');
}
