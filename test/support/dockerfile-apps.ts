import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folder of an app that needs no image of others: its one program is a busybox that stands alone. */
function appWith(busybox: string, dockerfile: string, files: Readonly<Record<string, string>>): string {
  const app = mkdtempSync(join(tmpdir(), 'lading-dockerfile-'));
  copyFileSync(busybox, join(app, 'busybox'));
  chmodSync(join(app, 'busybox'), 0o755);
  for (const [name, text] of Object.entries({ ...files, Dockerfile: dockerfile })) {
    mkdirSync(join(app, name, '..'), { recursive: true });
    writeFileSync(join(app, name), text);
  }
  return app;
}

/** Shell and no Node: it prints its two files. */
export function writeShellApp(busybox: string): string {
  return appWith(
    busybox,
    `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY settings /etc/settings
COPY words /words
ENV GREETING=ahoy
USER 1000:1000
CMD ["/bin/sh", "-c", "echo $GREETING; cat /etc/settings /words"]
`,
    { settings: 'settings\n', words: 'first words\n' },
  );
}

/** Two stages; the first reads a secret, says it aloud, and leaves its length. */
export function writeSecretApp(busybox: string): string {
  return appWith(
    busybox,
    `FROM scratch AS tools
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]

FROM tools AS build
COPY words /words
RUN --mount=type=secret,id=token \\
    echo "the token is $(cat /run/secrets/token)" && \\
    wc -c < /run/secrets/token > /length

FROM tools
COPY --from=build /length /length
CMD ["/bin/cat", "/length"]
`,
    { words: 'words\n' },
  );
}

/** Of each platform its own file; the one for this computer's runs. */
export function writeTwoPlatformApp(busybox: string): string {
  return appWith(
    busybox,
    `FROM scratch
ARG TARGETARCH
COPY busybox /bin/busybox
COPY data/\${TARGETARCH}.txt /platform.txt
CMD ["/bin/busybox", "cat", "/platform.txt"]
`,
    { 'data/amd64.txt': 'made for amd64\n', 'data/arm64.txt': 'made for arm64\n' },
  );
}

/** Its only step prints two lines, waits for as long as it is told, and fails. */
export function writeFailingApp(busybox: string, seconds = '0'): string {
  return appWith(
    busybox,
    `FROM scratch
COPY busybox /bin/busybox

# A comment, and a step over two lines.
RUN ["/bin/busybox", "sh", "-c", \\
     "echo looking; echo the file is gone; /bin/busybox sleep ${seconds}; exit 3"]
`,
    {},
  );
}
