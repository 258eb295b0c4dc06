import { readFile } from 'node:fs/promises';
import { errnoOf, InputError, messageOf } from '../base/errors.js';

/** A value of a variable, of the type that the stack declares. */
export type VariableValue =
  string | number | boolean | readonly string[] | Readonly<Record<string, string>> | undefined;

export type Variables = Readonly<Record<string, VariableValue>>;

/** `terraform.tfvars.json`: Terraform reads it by itself, also when a person runs it. */
export const VARIABLES_FILE = 'terraform.tfvars.json';

export function formatVariables(variables: Variables): string {
  const given = Object.entries(variables).filter(([, value]) => value !== undefined);
  return `${JSON.stringify(Object.fromEntries(given), undefined, 2)}\n`;
}

/**
 * Refuses to replace a file that somebody has put values of his own into: those that are in none of `known`. `shown` is
 * the file as a person would write it.
 */
export async function checkOwnVariables(file: string, shown: string, known: readonly string[]): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new InputError({ where: shown, message: messageOf(error) });
  });
  const present = text === undefined ? {} : parse(text, shown);
  const own = Object.keys(present).filter((name) => !known.includes(name));
  if (own.length === 0) return;
  throw new InputError(
    own.map((name) => ({
      where: shown,
      message: `has ${name}, which lading does not write`,
      hint: `Move ${name} to a file of your own beside it, as own.auto.tfvars, or give it by --var.`,
    })),
  );
}

function parse(text: string, shown: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new InputError({ where: shown, message: 'is no object of JSON', hint: 'Delete it: it is written anew.' });
}
