const root = import.meta.dirname;

/** `standalone` makes Next.js trace what the server really needs: that is what goes into the image. */
export default {
  output: 'standalone',
  poweredByHeader: false,
  // This app stands inside another repository; yours does not need the next two lines.
  outputFileTracingRoot: root,
  turbopack: { root },
};
