import { pathToFileURL } from 'node:url';

/**
 * esbuild plugin: `await import('package')` of a CommonJS package has all names, as it has in Node. Split by esbuild it
 * has `default` alone, and `const { parse } = await import('yaml')` is undefined in the bundle only.
 */
export const lazyPackages = {
  name: 'lazy-packages',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async (args) => {
      if (args.kind !== 'dynamic-import' || args.pluginData === 'resolved') return undefined;
      const { importer, resolveDir, kind } = args;
      const found = await build.resolve(args.path, { importer, resolveDir, kind, pluginData: 'resolved' });
      if (found.errors.length > 0 || found.external || !/[\\/]node_modules[\\/]/.test(found.path)) return undefined;
      return { path: found.path, namespace: 'lazy-package', pluginData: { resolveDir } };
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy-package' }, async (args) => {
      const file = JSON.stringify(args.path);
      const loaded = await import(pathToFileURL(args.path).href).catch(() => undefined);
      // Node cannot load it by its file alone: then it is ES for bundlers, and esbuild knows the names.
      if (!loaded) return { contents: `export * from ${file};`, resolveDir: args.pluginData.resolveDir };
      const names = new Set([...Object.keys(loaded), ...Object.keys(loaded.default ?? {})]);
      const plain = [...names].filter(
        (name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== '__esModule',
      );
      const known = isCommonJs(loaded) ? plain : plain.filter((name) => name in loaded);
      return { contents: `export { ${known.join(', ')} } from ${file};`, resolveDir: args.pluginData.resolveDir };
    });
  },
};

/** What Node makes of CommonJS: the default is `module.exports`, and the other names are its properties. */
function isCommonJs(loaded) {
  const whole = loaded.default;
  if (whole === null || (typeof whole !== 'object' && typeof whole !== 'function')) return false;
  return Object.keys(loaded).every((name) => name === 'default' || name === 'module.exports' || name in whole);
}
