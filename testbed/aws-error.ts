/** An AWS error as an SDK client throws it: `name` is the code, the message is AWS's own text. */
export class AwsError extends Error {
  readonly $fault: 'client' | 'server'
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(code: string, message: string, httpStatusCode = 400) {
    super(message)
    this.name = code
    this.$fault = httpStatusCode < 500 ? 'client' : 'server'
    this.$metadata = { httpStatusCode }
  }
}

/** Auto Scaling's one code for bad input and for most things that are not there; only the text tells them apart. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message)
}
