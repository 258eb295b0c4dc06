import * as v from 'valibot';
import { parseJson } from '../base/json.js';

const strings = v.nullish(v.array(v.string()));

const runConfig = v.looseObject({
  User: v.optional(v.string()),
  Env: strings,
  Entrypoint: strings,
  Cmd: strings,
  WorkingDir: v.optional(v.string()),
  ExposedPorts: v.nullish(v.record(v.string(), v.unknown())),
  Labels: v.nullish(v.record(v.string(), v.string())),
  StopSignal: v.optional(v.string()),
});

const imageConfig = v.looseObject({
  architecture: v.string(),
  os: v.string(),
  variant: v.optional(v.string()),
  created: v.optional(v.string()),
  config: v.nullish(runConfig),
  rootfs: v.looseObject({ type: v.string(), diff_ids: v.array(v.string()) }),
  history: v.nullish(v.array(v.looseObject({ empty_layer: v.optional(v.boolean()) }))),
});

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export type ImageConfig = v.InferOutput<typeof imageConfig>;
export type RunConfig = v.InferOutput<typeof runConfig>;

export function parseImageConfig(bytes: Uint8Array, what: string): ImageConfig {
  return parseJson(imageConfig, bytes, `config of ${what}`);
}
