/** What only a person knows. */
export interface Question {
  /** One line, as `Which ECS service is deployed?`. It may name things of others: who shows it makes them harmless. */
  readonly text: string;
  /** What an empty answer means; without it an answer is needed. */
  readonly suggestion?: string | undefined;
  /** Answers that are likely; one may be chosen by its number. Any other answer is taken, too. */
  readonly choices?: readonly string[] | undefined;
  /** What is wrong with an answer: it is asked once more then. */
  mistakeIn?(answer: string): string | undefined;
}

/** Waits for the answer, without blanks around it. Rejects when the run is cancelled, or nobody is there any more. */
export type Ask = (question: Question) => Promise<string>;
