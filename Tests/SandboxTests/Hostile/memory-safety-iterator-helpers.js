/*
{
  "attempt": "Resumes iterator helpers from within themselves, and closes them twice.",
  "expect": {"result": 5}
}
*/
export default async function handler(input, host) {
  let inner;
  const outcomes = [];
  for (const make of [
    (i) => i.map(() => inner.next()),
    (i) => i.filter(() => inner.next()),
    (i) => i.flatMap(() => inner),
    (i) => i.take(3),
    (i) => i.drop(1),
  ]) {
    inner = make([1, 2, 3].values());
    try { outcomes.push(typeof inner.next()); } catch (error) { outcomes.push(error.name); }
    try { inner.return(); inner.return(); inner.next(); } catch (error) {}
  }
  return outcomes.length;
}
