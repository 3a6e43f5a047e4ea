// Shows and hides what is already there: without this script the page has everything, only unfiltered.
const filters = document.getElementById('filters')
const shown = document.getElementById('shown')
const totals = new Map([...document.querySelectorAll('#totals b')].map((total) => [total.dataset.of, total]))
const actions = [...document.querySelectorAll('#actions > li')].map((item) => ({
  item,
  group: item.dataset.group,
  outcome: item.dataset.outcome,
  at: Number(item.dataset.at),
  bytes: Number(item.dataset.bytes),
  text: item.textContent.toLowerCase(),
}))

function wanted() {
  const data = new FormData(filters)
  const time = (name, otherwise) => (data.get(name) ? Date.parse(`${data.get(name)}Z`) : otherwise)
  return {
    group: data.get('group'),
    outcomes: new Set(data.getAll('outcome')),
    from: time('from', Number.NEGATIVE_INFINITY),
    to: time('to', Number.POSITIVE_INFINITY),
    text: data.get('text').trim().toLowerCase(),
  }
}

function isWanted(action, { group, outcomes, from, to, text }) {
  if (group && action.group !== group) return false
  if (!outcomes.has(action.outcome)) return false
  return action.at >= from && action.at <= to && action.text.includes(text)
}

function filter() {
  const wish = wanted()
  const counts = new Map()
  let number = 0
  for (const action of actions) {
    action.item.hidden = !isWanted(action, wish)
    if (action.item.hidden) continue
    number++
    counts.set(action.outcome, (counts.get(action.outcome) ?? 0) + 1)
    counts.set('bytes', (counts.get('bytes') ?? 0) + action.bytes)
  }
  counts.set('all', number)
  for (const [name, total] of totals) total.textContent = (counts.get(name) ?? 0).toLocaleString('en')
  shown.textContent = `${number.toLocaleString('en')} of ${actions.length.toLocaleString('en')} terminations are shown.`
}

filters.hidden = false
filters.addEventListener('input', filter)
filters.addEventListener('submit', (event) => event.preventDefault())
filters.addEventListener('reset', () => setTimeout(filter))
