/*
{
  "attempt": "Reads itself in a getter.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const object = { get self() { return this.self; } };
  return object.self;
}
