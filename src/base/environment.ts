/** The variables of a process, handed over instead of read. */
export type Environment = Readonly<Record<string, string | undefined>>;
