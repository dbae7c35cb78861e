// The other side of eng/bench-policy.sh: the same rules and accesses through Cedar, the policies parsed beforehand.
import { readFileSync, writeFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';

const [setsFile, resultFile] = process.argv.slice(2);
const sets = JSON.parse(readFileSync(setsFile, 'utf8'));

const batch = (run, count) => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) run();
  return Number(process.hrtime.bigint() - start) / count;
};

const measure = (run) => {
  const once = Math.max(1, batch(run, 3));
  const count = Math.max(1, Math.round(60e6 / once));
  batch(run, count); // warm
  batch(run, count);
  const times = Array.from({ length: 8 }, () => batch(run, count)).sort((a, b) => a - b);
  return (times[3] + times[4]) / 2;
};

const results = [];
for (const { name, policies, accesses } of sets) {
  const start = process.hrtime.bigint();
  const parsed = cedar.preparsePolicySet(name, { staticPolicies: policies });
  if (parsed.type !== 'success') throw new Error(`${name}: ${JSON.stringify(parsed.errors).slice(0, 400)}`);
  results.push({ name: `compile ${name}`, nanoseconds: Number(process.hrtime.bigint() - start) });
  accesses.forEach(({ action, resource, allowed }, i) => {
    const call = {
      principal: { type: 'Agent', id: 'agent-1' },
      action: { type: 'Action', id: action },
      resource: { type: 'Resource', id: 'r' },
      context: { resource },
      preparsedPolicySetId: name,
      entities: [],
    };
    const answer = cedar.statefulIsAuthorized(call);
    const decision = answer.type === 'success' && answer.response.decision;
    if ((decision === 'allow') !== allowed) throw new Error(`${name}, ${action} ${resource}: ${JSON.stringify(answer).slice(0, 400)}, not ${allowed}`);
    results.push({ name: `${name}/${String(i).padStart(2, '0')}`, nanoseconds: measure(() => cedar.statefulIsAuthorized(call)) });
  });
}

writeFileSync(resultFile, JSON.stringify(results));
