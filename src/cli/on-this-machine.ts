import { hostname, userInfo } from 'node:os'

/** Who types, as the machine knows it: in a container, a number may be all that there is. */
export function onThisMachine(user: () => { readonly username: string } = userInfo): string {
  return `${nameOf(user)} on ${hostname()}`
}

function nameOf(user: () => { readonly username: string }): string {
  try {
    return user().username
  } catch {
    return `user ${process.getuid?.()}`
  }
}
