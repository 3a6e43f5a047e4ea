/** What to type when AWS refuses, or does not answer: an error that leaves a person alone at night is half an error. Pure. */
import { reasonOf } from '../aws/failures.ts'
import { REGION_AND_PROFILE } from './where.ts'

const NOBODY =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId|InvalidToken|InvalidAccessKeyId|InvalidSignature|SignatureDoesNotMatch|AuthFailure|IncompleteSignature|MissingAuthenticationToken)/
const NOT_ALLOWED = /^(AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|AuthorizationError)/
const TOO_OFTEN = /^(Throttl|TooManyRequests|RequestLimitExceeded|RateExceeded|SlowDown|RequestThrottled)/
/** AWS itself refuses no connection. */
const NOBODY_LISTENS = /^ECONNREFUSED/
const NO_WAY = /^ERR_PROXY/
const NO_URL = /^ERR_INVALID_URL/
/** Whose certificates Node does not know: as where a company's proxy reads along. */
const NO_TRUST = /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_|ERR_TLS_CERT)/
/** Where TLS is spoken to one who does not. */
const NO_TLS = /^(EPROTO|ERR_SSL)/
/** A key or a token goes into a header as it is. */
const NO_KEY = /^ERR_INVALID_CHAR/
const NO_ANSWER = /^(TimeoutError|ENOTFOUND|ECONNRESET|EAI_AGAIN|ETIMEDOUT|NetworkingError)/

const IN_TROUBLE = /^(Internal|ServiceUnavailable|ServiceFailure|ServiceException)/

/** By the name of an error of AWS or of its SDK, or a text that begins with it; `undefined`: the error says more than we could. */
export function nextStep(name: string): string | undefined {
  if (NOBODY.test(name))
    return 'AWS does not know who asks: log in again (aws sso login, aws configure), or name --profile (AWS_PROFILE).'
  if (NOT_ALLOWED.test(name))
    return 'Whose credentials these are, aws sts get-caller-identity says. Name others with --profile (AWS_PROFILE), or have the call allowed.'
  if (TOO_OFTEN.test(name)) return 'AWS throttles this account: type the same again in a minute.'
  if (IN_TROUBLE.test(name)) return 'AWS is in trouble itself: type the same again in a minute.'
  if (NOBODY_LISTENS.test(name))
    return `Nothing listens there: has npm run local ended, which AWS_ENDPOINT_URL names, or the proxy, which HTTPS_PROXY does? Start it again, or in another shell name ${REGION_AND_PROFILE}.`
  if (NO_WAY.test(name))
    return 'The proxy that HTTPS_PROXY names does not let it through: name another one, or in NO_PROXY what needs none (.amazonaws.com).'
  if (NO_URL.test(name))
    return 'An address of AWS is no URL: AWS_ENDPOINT_URL, one of its like for a service, or endpoint_url of the profile. It looks like http://127.0.0.1:4580.'
  if (NO_TRUST.test(name))
    return 'Whoever answers is not trusted: where a proxy reads along, name its certificate with NODE_EXTRA_CA_CERTS (what AWS_CA_BUNDLE is to the AWS CLI).'
  if (NO_TLS.test(name))
    return 'Whoever answers there speaks no TLS: should AWS_ENDPOINT_URL, or HTTPS_PROXY, begin with http://?'
  if (NO_KEY.test(name))
    return 'Credentials have a character that none can have, such as the line end of a file from Windows: look at AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN and the profile.'
  if (NO_ANSWER.test(name))
    return `AWS does not answer there: type the same again, or name ${REGION_AND_PROFILE}. Where only a proxy leads there, name it with HTTPS_PROXY.`
  return undefined
}

/** The same of an error itself, or of what caused it. */
export function nextStepAfter(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '' } = error as { code?: unknown }
  return nextStep(error.name) ?? nextStep(String(code)) ?? nextStepAfter(error.cause)
}

/** Whether AWS does not know who asks, or nobody can be found who does. */
export function isOfWhoAsks(error: unknown): boolean {
  return error instanceof Error && NOBODY.test(error.name)
}

/** What went wrong, in the words of whoever says so: some texts of AWS are nothing without the error's name. */
export function wordsOf(error: unknown): string {
  return isOfAws(error) || !(error instanceof Error) ? reasonOf(error) : error.message
}

/** Under what name a program knows what went wrong: AWS's own, whatever we have said about it. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error'
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (isOfAws(cause)) return cause.name
  return error.name
}

function isOfAws(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error
}
