import { Counter } from './counter';
import { headline } from './headline';

export const dynamic = 'force-dynamic';

export default function Page() {
  return (
    <main>
      <img src="/logo.svg" alt="" width="64" height="64" />
      <h1>{headline}</h1>
      <p>Rendered at {new Date().toISOString()}.</p>
      <Counter />
      <p>
        <a href="/blog/first">First post</a> · <a href="/api/health">Health</a>
      </p>
    </main>
  );
}
