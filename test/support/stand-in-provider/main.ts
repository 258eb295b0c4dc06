// Answers Terraform as the provider hashicorp/aws would, without AWS: for tests alone. `install.ts` bundles it.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { sendUnaryData, ServerUnaryCall, ServiceClientConstructor } from '@grpc/grpc-js';
import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { calls } from './provider.js';

// https://developer.hashicorp.com/terraform/plugin/best-practices/interacting: Terraform sets it, nobody else does.
const COOKIE = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';
if (process.env.TF_PLUGIN_MAGIC_COOKIE !== COOKIE) {
  console.error('Terraform starts this program, in tests.');
  process.exit(1);
}

const proto = loadSync(join(import.meta.dirname, 'wire.proto'), {
  keepCase: true,
  longs: Number,
  defaults: true,
  oneofs: true,
});
const { Provider } = loadPackageDefinition(proto).tfplugin5 as unknown as { Provider: ServiceClientConstructor };
type Call = ServerUnaryCall<Parameters<(typeof calls)[string]>[0], unknown>;

function answer(work: (typeof calls)[string]) {
  return (call: Call, done: sendUnaryData<unknown>): void => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (value) => done(null, value),
        (error: Error) => done({ code: status.INTERNAL, message: error.stack ?? error.message }),
      );
  };
}

const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(
  Provider.service,
  Object.fromEntries(Object.entries(calls).map(([name, work]) => [name, answer(work)])),
);
const raw = (bytes: Buffer) => bytes;
server.addService(
  {
    Shutdown: {
      path: '/plugin.GRPCController/Shutdown',
      requestStream: false,
      responseStream: false,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: () => Buffer.alloc(0),
      responseDeserialize: raw,
    },
  },
  {
    Shutdown(_call: unknown, done: sendUnaryData<unknown>) {
      done(null, {});
      setTimeout(() => process.exit(0), 10);
    },
  },
);
const socket = join(mkdtempSync(join(tmpdir(), 'lading-provider-')), 's');
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  // Versions of the handshake and of the protocol, address, transport, and no certificate.
  process.stdout.write(`1|5|unix|${socket}|grpc|\n`);
});
