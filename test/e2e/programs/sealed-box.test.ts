import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sealText } from '../../../src/github/secrets/sealed-box.js';
import { keyPairOf } from '../../../src/sandbox/github/key-pair.js';
import { requirePython } from '../../support/tools.js';

const OPEN = `
import base64, json, sys
from nacl.public import PrivateKey, SealedBox
box = SealedBox(PrivateKey(bytes(range(1, 33))))
print(json.dumps([box.decrypt(base64.b64decode(one)).decode() for one in json.load(sys.stdin)]))
`;

test('PyNaCl opens what we seal, up to the 48 KB of GitHub', (context) => {
  const python = requirePython('nacl.public', 'python3-nacl');
  if (!python) return context.skip();
  const { publicKey } = keyPairOf(
    '1',
    Uint8Array.from({ length: 32 }, (_, index) => index + 1),
  );
  const sizes = [0, 1, 15, 16, 17, 2600, 48 * 1024];
  const messages = sizes.map((size) => Buffer.alloc(size, 'Aß').toString('latin1'));
  const sealed = messages.map((message) => sealText(message, Buffer.from(publicKey).toString('base64')));
  const out = execFileSync(python, ['-c', OPEN], { input: JSON.stringify(sealed) });
  expect(JSON.parse(out.toString('utf8'))).toEqual(messages);
});
