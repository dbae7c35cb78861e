// The other side of eng/bench-shell.sh: the same lines through cc-safety-net's own entry point, in this process.
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from 'cc-safety-net/api';

const [linesFile, resultFile] = process.argv.slice(2);
const { shorts, longs } = JSON.parse(readFileSync(linesFile, 'utf8'));
const cwd = mkdtempSync(join(tmpdir(), 'guard-bench-shell-'));

const batch = (command, count) => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) checkCommand({ command, cwd });
  return Number(process.hrtime.bigint() - start) / count;
};

const measure = (command) => {
  const once = Math.max(1, batch(command, 3));
  const count = Math.max(1, Math.round(60e6 / once));
  batch(command, count); // warm
  batch(command, count);
  const times = Array.from({ length: 8 }, () => batch(command, count)).sort((a, b) => a - b);
  return (times[3] + times[4]) / 2;
};

const measured = (lines, kind) => lines.map((line, i) => ({ name: `${kind} ${String(i).padStart(2, '0')}`, nanoseconds: measure(line) }));
writeFileSync(resultFile, JSON.stringify([...measured(shorts, 'short'), ...measured(longs, 'long')]));
