/*
{
  "attempt": "Reads and writes through 100,000 prototypes.",
  "expect": {"result": [true, 1]}
}
*/
export default async function handler(input, host) {
  let object = {};
  for (let i = 0; i < 100000; i++) object = Object.create(object);
  object.written = 1;
  return [object.missing === undefined, object.written];
}
