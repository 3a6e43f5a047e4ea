/** The addresses that a shell names: of one without a scheme, Node passes over a proxy in silence, and the SDK asks somebody else. */
import { CannotReach } from './surroundings.ts'

const ENDPOINT = /^AWS_ENDPOINT_URL(_|$)/
const PROXY = /^https_proxy$/i

export function checkAddresses(environment: Record<string, string | undefined>): void {
  for (const [name, address] of Object.entries(environment)) {
    if (!address) continue
    // So curl and the AWS CLI take it.
    if (PROXY.test(name) && !address.includes('://')) environment[name] = `http://${address}`
    const isAddress = /^https?:\/\//i.test(address) && URL.canParse(address)
    if (ENDPOINT.test(name) && !isAddress)
      throw new CannotReach(`${name} is “${address}”. An address of AWS looks like http://127.0.0.1:4580.`)
  }
}
