/** How the key of an object follows from the path of the file on the instance. */
export type KeyRule = 'underscores' | 'path'

/**
 * The key under which a file of an instance is archived. `underscores` is what Elastic Beanstalk's own publisher does
 * (`/var/log/a` → `_var_log_a`); `path` keeps the folders.
 */
export function keyOf(path: string, prefix: string, keyRule: KeyRule): string {
  switch (keyRule) {
    case 'underscores':
      return prefix + path.replaceAll('/', '_')
    case 'path':
      return prefix + path.replace(/^\//, '')
  }
}
