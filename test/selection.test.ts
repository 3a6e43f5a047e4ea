import { describe, expect, it } from '@jest/globals'
import { chosenBy, parseSelections, reachesInstances } from '../src/selection.ts'

const tag = (key: string, value: string, propagates = true) => ({ key, value, propagates })

describe('a selection', () => {
  it('reads names and tags, with colons in a tag’s key and equal signs in its value', () => {
    expect(parseSelections('web-asg, tag:elasticbeanstalk:environment-name=collector=prod')).toEqual([
      { by: 'name', name: 'web-asg' },
      { by: 'tag', key: 'elasticbeanstalk:environment-name', value: 'collector=prod' },
    ])
  })
  it('is empty when nothing is chosen', () => {
    expect(parseSelections('')).toEqual([])
  })
  it.each([
    ['web-*', 'choose the group by a tag'],
    ['tag:team', 'must be tag:KEY=VALUE'],
    ['tag:=x', 'must be tag:KEY=VALUE'],
    ['team=data:x', 'a tag is written tag:KEY=VALUE'],
    ['tag:team=$team', 'holds one of'],
  ])('%s is refused with what to write instead', (text, advice) => {
    expect(() => parseSelections(`fine,${text}`)).toThrow(advice)
  })
  it('reports every bad part at once', () => {
    expect(() => parseSelections('a*,tag:b')).toThrow(/'a\*'.*'tag:b'/)
  })
  it('chooses by exact name or exact tag', () => {
    const selections = parseSelections('web,tag:team=data')
    expect(chosenBy(selections, { name: 'web', tags: [] })).toHaveLength(1)
    expect(chosenBy(selections, { name: 'other', tags: [tag('team', 'data')] })).toHaveLength(1)
    expect(chosenBy(selections, { name: 'web2', tags: [tag('team', 'dat')] })).toHaveLength(0)
  })
  it('a tag that does not propagate does not reach the instances, a name always does', () => {
    const tags = [tag('team', 'data', false)]
    expect(reachesInstances(parseSelections('tag:team=data'), tags)).toBe(false)
    expect(reachesInstances(parseSelections('web,tag:team=data'), tags)).toBe(true)
  })
})
