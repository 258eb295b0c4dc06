/** A release of lading's own actions: the repository, and a tag or a commit of it. */
export interface ActionRelease {
  readonly repository: string;
  readonly version: string;
}

/** Where they are released. The one place that says so; `OWNER` stands for the account until it has one. */
export const actionRelease: ActionRelease = { repository: 'OWNER/lading', version: 'v1' };

/** What stands after `uses:` for the action of a verb. */
export function actionAddress(verb: string, { repository, version } = actionRelease): string {
  return `${repository}/actions/${verb}@${version}`;
}
