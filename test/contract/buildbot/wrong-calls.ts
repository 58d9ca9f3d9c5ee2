// What is wrong on purpose with a force call or a scheduler, and how a real master answers it.

/** Schedulers that are not as the stanza has them: name, part of the finding, what it says. */
export const wrongSchedulers: readonly (readonly [string, string, RegExp])[] = [
  ['nope', 'scheduler', /no force scheduler 'nope'/],
  [
    'force',
    'fields',
    /branch is fixed to ''.*revision is fixed to ''.*repository is fixed.*project is fixed/,
  ],
];

/** Force calls that are no good: title, options of the client, wish, kind of outcome, what it says. */
export const wrongForces: readonly (readonly [string, object, object, string, RegExp])[] = [
  ['an unknown scheduler', { scheduler: 'nope' }, {}, 'not-ready', /no force scheduler 'nope'/],
  ['builders it does not have', {}, { builders: ['No such 3.x'] }, 'not-ready', /none of the builders/],
  ['a job too long for it', {}, { fields: { gate_job: 'x'.repeat(256) } }, 'refused', /^gate_job: /],
  [
    'a uuid that gate-strict does not like',
    { scheduler: 'gate-strict' },
    { fields: { gate_uuid: 'not-a-uuid' } },
    'refused',
    /^gate_uuid: /,
  ],
  [
    'no job where gate-strict needs one',
    { scheduler: 'gate-strict' },
    { fields: { gate_job: '', gate_uuid: '' } },
    'refused',
    /^gate_job: .*needs to be specified/,
  ],
];
