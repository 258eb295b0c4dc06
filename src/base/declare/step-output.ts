/** An output of the action's step, taken from the result. */
export interface StepOutput<Result> {
  readonly summary: string;
  /** Undefined leaves the output out. */
  readonly of: (result: Result) => string | number | boolean | undefined;
}
