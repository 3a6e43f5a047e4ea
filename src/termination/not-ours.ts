/** The message speaks of something that is no action of Auto Scaling's. Nothing is done to the instance (S4). */
export class NotOurs extends Error {
  override name = 'NotOurs'
}
