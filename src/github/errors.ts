/**
 * What GitHub can refuse:
 *
 *     GithubError
 *     ├── NotFound            gone, or hidden from this installation
 *     ├── MissingPermission   the installation was not granted it, or not yet
 *     ├── RateLimited         temporary; `until` says for how long
 *     ├── Unavailable         temporary: no answer, or GitHub's own failure
 *     ├── Refused             understood, and not accepted
 *     ├── TooManyFiles        more than one answer can hold
 *     ├── MissingWorkflow     the probe workflow is not there, or cannot be started as it is
 *     └── BadArtifact         what the probe run left is not a probe report of ours
 *
 * The message of each is one sentence for people: what, where, how to mend it.
 */

export class GithubError extends Error {
  override readonly name: string = 'GithubError';
  /** Worth trying again later, unchanged. */
  readonly temporary: boolean = false;
}

export class NotFound extends GithubError {
  override readonly name = 'NotFound';
}

export class MissingPermission extends GithubError {
  override readonly name = 'MissingPermission';
  /** As the App's settings spell it, such as `checks: write`. */
  readonly permission: string;

  constructor(message: string, permission: string, options?: ErrorOptions) {
    super(message, options);
    this.permission = permission;
  }
}

export class RateLimited extends GithubError {
  override readonly name = 'RateLimited';
  override readonly temporary = true;
  readonly until: Date;

  constructor(message: string, until: Date, options?: ErrorOptions) {
    super(message, options);
    this.until = until;
  }
}

export class Unavailable extends GithubError {
  override readonly name = 'Unavailable';
  override readonly temporary = true;
}

export class Refused extends GithubError {
  override readonly name = 'Refused';
}

export class TooManyFiles extends GithubError {
  override readonly name = 'TooManyFiles';
}

export class MissingWorkflow extends GithubError {
  override readonly name = 'MissingWorkflow';
}

export class BadArtifact extends GithubError {
  override readonly name = 'BadArtifact';
}
