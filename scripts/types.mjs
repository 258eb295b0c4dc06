import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

/** Declarations of the doors, with what they need of bundled packages in them: who imports lading installs no others. */
export async function buildTypes(doors, folder) {
  const bundle = await rollup({
    input: Object.fromEntries(doors.map((door) => [door, `src/${door}.ts`])),
    plugins: [dts({ includeExternal: ['valibot'] })],
    external: [/^node:/],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await bundle.write({ dir: folder, entryFileNames: '[name].d.ts', chunkFileNames: '[name].d.ts' });
  await bundle.close();
}
