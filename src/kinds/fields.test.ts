import { describe, expect, test } from 'vitest'
import { expiryMs } from './fields.ts'
import { entryTerms } from './terms.ts'

describe('the end of an entry', () => {
  const table: Record<string, readonly [string, string | undefined]> = {
    'a date is its last day in UTC': ['2027-03-31', '2027-04-01T00:00:00.000Z'],
    'the last day of February in a leap year': ['2028-02-29', '2028-03-01T00:00:00.000Z'],
    'a day that the calendar does not have': ['2027-02-29', undefined],
    'a month that the calendar does not have': ['2027-13-01', undefined],
    'a time in UTC': ['2027-03-31T17:00:00Z', '2027-03-31T17:00:00.000Z'],
    'a time in small letters': ['2027-03-31t17:00:00z', '2027-03-31T17:00:00.000Z'],
    'a time with an offset': ['2027-03-31T17:00:00+02:00', '2027-03-31T15:00:00.000Z'],
    'an hour that no day has': ['2027-03-31T25:00:00Z', undefined],
    'another order of day and month': ['31.03.2027', undefined],
  }
  for (const [sentence, [text, end]] of Object.entries(table)) {
    test(sentence, () => {
      const found = expiryMs(text)
      expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(end)
    })
  }
})

describe('the terms of an entry', () => {
  const nowMs = Date.parse('2027-03-20T12:00:00Z')
  const table: Record<string, readonly [Parameters<typeof entryTerms>[0], object, readonly string[]]> = {
    'nothing said': [{}, {}, []],
    'a reason becomes a note': [{ reason: 'JIRA-812' }, { notes: ['reason: JIRA-812'] }, []],
    'an end far away is not warned about': [
      { expiresAt: '2027-06-30' },
      { expiresAtMs: Date.parse('2027-07-01T00:00:00Z') },
      [],
    ],
    'an end within two weeks is warned about': [
      { expiresAt: '2027-03-31' },
      { expiresAtMs: Date.parse('2027-04-01T00:00:00Z') },
      ['warning EXPIRES_SOON'],
    ],
    'an end that has passed is kept, so that the entry goes': [
      { expiresAt: '2027-03-19' },
      { expiresAtMs: Date.parse('2027-03-20T00:00:00Z') },
      ['warning EXPIRED'],
    ],
    'an end at this moment has passed': [
      { expiresAt: '2027-03-20T12:00:00Z' },
      { expiresAtMs: nowMs },
      ['warning EXPIRED'],
    ],
    'a day that does not exist is an error': [{ expiresAt: '2027-02-30' }, {}, ['error INVALID_SPEC']],
  }
  for (const [sentence, [given, terms, problems]] of Object.entries(table)) {
    test(sentence, () => {
      const found = entryTerms(given, ['spec', 'members', 0], nowMs)
      expect(found.terms).toEqual(terms)
      expect(found.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(problems)
      for (const { path } of found.diagnostics) expect(path).toEqual(['spec', 'members', 0, 'expiresAt'])
    })
  }
})
