// Prints `N passed, N failed, N skipped` of a report of vitest; fails when there is none or nothing was run.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
const report = text === '' ? { testResults: [] } : JSON.parse(text);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of report.testResults) {
  // A file that could not be loaded has no tests but did fail.
  if (file.status === 'failed' && file.assertionResults.length === 0) counts.failed++;
  for (const { status } of file.assertionResults) {
    if (status === 'passed') counts.passed++;
    else if (status === 'failed') counts.failed++;
    else counts.skipped++;
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0) process.exitCode = 1;
