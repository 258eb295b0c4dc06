/** One of the standard streams, whose end does not end the work: what cannot be written is dropped. */
export interface Outlet {
  /** Why something was dropped, once all is written; undefined when nothing was, or when nobody reads any more. */
  loss(): Promise<NodeJS.ErrnoException | undefined>;
}

/** A reader that goes away, as `head` does, has seen enough: that is no loss. */
const LEFT = ['EPIPE', 'EIO', 'ECONNRESET'];

export function openOutlet(stream: NodeJS.WriteStream): Outlet {
  let failure: NodeJS.ErrnoException | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return {
    async loss() {
      await new Promise((done) => stream.write('', done));
      return failure && !LEFT.includes(failure.code ?? '') ? failure : undefined;
    },
  };
}
