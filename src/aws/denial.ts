/** Who may not do what, as AWS puts it. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export interface Denial {
  /** ARN of the role or user. */
  readonly principal?: string | undefined;
  /** `ecs:UpdateService` */
  readonly action?: string | undefined;
  /** ARN, or `*`. */
  readonly resource?: string | undefined;
  /** The policy that says no, as `service control policy`; undefined when nothing says yes. */
  readonly deniedBy?: string | undefined;
}

/** Reads the message of a denial; what it does not say is undefined. */
export function parseDenial(message: string): Denial {
  return {
    principal: /\bUser: (arn:\S+)/.exec(message)?.[1],
    action: /\b(?:authorized|allowed) to perform:? ?([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message)?.[1],
    resource: /\bon (?:the )?resource:? ["']?([^\s"']+?)["']?[.,]?(?=\s|$)/.exec(message)?.[1],
    deniedBy: /\bexplicit deny in an? ([a-z][a-z -]{0,60}?[a-z])(?=[:.,]|\s+(?:arn|with|because)\b|\s*$)/.exec(
      message,
    )?.[1],
  };
}
