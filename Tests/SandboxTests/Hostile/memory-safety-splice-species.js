/*
{
  "attempt": "Has splice and concat fill an array that a species hands out twice.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const shared = [1, 2, 3];
  class Twice extends Array { static get [Symbol.species]() { return function () { return shared; }; } }
  const list = Twice.from({ length: 100 }, (_, i) => i);
  list.splice(0, 50);
  list.concat(list);
  shared.length = 0;
  list.slice(0, 10);
  return shared.length >= 0;
}
