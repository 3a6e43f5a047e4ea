/** Whose credentials a command uses: what the SDK's own search for some does not say of a profile, or passes over in silence. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fromIni } from '@aws-sdk/credential-provider-ini'
import { loadSharedConfigFiles } from '@smithy/core/config'
import type { Patience, Told } from '../aws/persons-calls.ts'
import { CannotReach } from './surroundings.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Profiles = Awaited<ReturnType<typeof loadSharedConfigFiles>>

/** What a profile gives credentials with. One that has none of these leaves it to the machine: a role of its instance, say. */
const CREDENTIALS = /^(aws_access_key_id|credential_|login_|role_arn|sso_|web_identity_)/

export async function checkProfile({ AWS_PROFILE: profile, ...environment }: Environment): Promise<Profiles> {
  const profiles = await loadSharedConfigFiles()
  const { configFile, credentialsFile } = profiles
  if (!profile || configFile[profile] || credentialsFile[profile]) return profiles
  const home = environment.HOME ?? homedir()
  const files = [
    environment.AWS_CONFIG_FILE ?? join(home, '.aws', 'config'),
    environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, '.aws', 'credentials'),
  ]
  // Sections of another kind (`[sso-session x]`) have a dot in their name.
  const names = Object.keys({ ...configFile, ...credentialsFile }).filter((name) => !name.includes('.'))
  const next =
    names.length > 0
      ? `Name one of these with --profile (AWS_PROFILE): ${names.sort().join(', ')}.`
      : 'There is none at all: aws configure, or aws configure sso, writes one.'
  throw new CannotReach(`There is no profile ${profile} in ${files.join(' or ')}.\n${next}`)
}

/**
 * Asked before anything else is: of a profile that fails, the SDK goes on to whatever else gives credentials, such as the role of the
 * machine that it runs on. Who named a profile does not mean that one.
 */
export async function checkCredentials(
  { configFile, credentialsFile }: Profiles,
  { AWS_PROFILE, AWS_ACCESS_KEY_ID }: Environment,
  region: string,
  patience: Patience,
  told: Told,
): Promise<void> {
  if (!AWS_PROFILE && AWS_ACCESS_KEY_ID) return
  const profile = AWS_PROFILE || 'default'
  const settings = { ...configFile[profile], ...credentialsFile[profile] }
  if (!Object.keys(settings).some((name) => CREDENTIALS.test(name))) return
  try {
    await told(`profile ${profile}`, fromIni({ profile, parentClientConfig: { region, ...patience() } })())
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause)
    const next = Object.keys(settings).some((name) => name.startsWith('sso_'))
      ? `Log in again: aws sso login --profile ${profile}`
      : `Mend it, log in again, or name another with --profile (AWS_PROFILE).`
    throw new CannotReach(`Profile ${profile} gives no credentials: ${why}\n${next}`, { cause })
  }
}
