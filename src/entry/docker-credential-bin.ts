#!/usr/bin/env node
import { keepHeapSmall } from './process/heap.js';
import { openOutlet } from './process/outlet.js';
import { catchSignals } from './process/signals.js';

const { signal } = catchSignals();
keepHeapSmall();
openOutlet(process.stderr);
const outlet = openOutlet(process.stdout);
const { answerHelper } = await import('./docker-credential.js');
const { env, stdin } = process;
const { code, text } = await answerHelper(process.argv[2], { stdin, env, cwd: process.cwd(), signal });
process.stdout.write(text);
process.exitCode = code;
await outlet.loss();
if (signal.aborted) process.exit();
