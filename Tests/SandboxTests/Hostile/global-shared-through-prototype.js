/*
{
  "attempt": "Reaches shared memory by the prototypes of other buffers.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return Reflect.ownKeys(ArrayBuffer.prototype).map(String).concat(Reflect.ownKeys(ArrayBuffer).map(String)).filter((name) => /shared/i.test(name));
}
