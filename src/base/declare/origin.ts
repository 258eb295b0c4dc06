/** Where a value came from. `flag` stands for all that was given to this run: an action's `with:`, a function's argument. */
export type Source = 'flag' | 'variable' | 'file' | 'default' | 'absent';

/** Where each value of a run came from, by the name of its input. */
export interface Origins<Name extends string = string> {
  of(name: Name): Source;
  /** For errors: `--cluster`, `LADING_CLUSTER`, `lading.yml:4:12`; where it would be given when it is not. */
  where(name: Name): string;
}

/** Origins of values that a program put together itself: each is a flag. */
export const given: Origins = {
  of: () => 'flag',
  where: (name) => `--${name}`,
};
