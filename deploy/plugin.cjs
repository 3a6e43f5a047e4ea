module.exports = class {
  hooks = {}
}
