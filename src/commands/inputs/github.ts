import { input } from '../../base/declare/input.js';

/** How GitHub is reached; shared by every verb that changes something there. */
export const gitHubInputs = {
  'github-token': input.string(
    'Token that may write the secrets: fine-grained, classic or of an App; `GH_TOKEN` is read when it is not given',
    { secret: true, key: false },
  ),
  'github-app-id': input.string('Id or client id of a GitHub App, instead of a token', {
    placeholder: 'ID',
    key: 'github.app-id',
  }),
  'github-app-key': input.string('Private key of the App: PEM, or the base64 of it', { secret: true, key: false }),
  'github-app-key-file': input.path('File with the private key of the App', {
    placeholder: 'FILE',
    key: 'github.app-key-file',
  }),
  'github-api-version': input.string('Version of the REST API to ask for', {
    placeholder: 'DATE',
    key: 'github.api-version',
  }),
};
